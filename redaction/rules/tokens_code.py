"""Tokens of source hosts, package registries, build services and of this product."""

from __future__ import annotations

from redaction.rules.token import token
from redaction.types import Rule

RULES: tuple[Rule, ...] = (
    # The tail admits dots: GitHub's stateless tokens carry a JWT behind the prefix.
    token(
        "github_token",
        "gh[opusr]_",
        r"gh[opusr]_[0-9A-Za-z]{16}[0-9A-Za-z_.\-]*[0-9A-Za-z]",
        "ghp_{alnum:36}",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "the prefix ghp_ marks a token",
    ),
    token(
        "github_fine_grained_token",
        "github_pat_",
        r"github_pat_[0-9A-Za-z_]{20,}",
        "github_pat_{alnum:22}_{alnum:59}",
        "github_pat_YOUR_TOKEN_GOES_HERE_PLEASE",
    ),
    token(
        "gitlab_token",
        r"gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct|wt)-",
        r"gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct"
        r"|wt)-[0-9A-Za-z_\-.]{19,}[0-9A-Za-z_]",
        "glpat-{alnum:20}",
    ),
    token("npm_token", "npm_", r"\bnpm_[0-9A-Za-z]{30,}", "npm_{alnum:36}"),
    token("pypi_token", "pypi-", r"\bpypi-[0-9A-Za-z_\-]{50,}", "pypi-AgEIcHlwaS5vcmc{alnum:60}"),
    token("rubygems_key", "rubygems_", r"\brubygems_[0-9a-f]{40,}", "rubygems_{hex:48}"),
    token(
        "docker_token",
        "dckr_(?:pat|oat)_",
        r"\bdckr_(?:pat|oat)_[0-9A-Za-z_\-]{20,}",
        "dckr_pat_{alnum:27}",
    ),
    token(
        "terraform_token",
        r"\.atlasv1\.",
        r"\b[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=\-]{50,}",
        "{alnum:14}.atlasv1.{alnum:67}",
    ),
    token("buildkite_token", "bkua_", r"\bbkua_[0-9a-f]{40}", "bkua_{hex:40}"),
    token(
        "circleci_token",
        "CCIPAT_|CCIPRJ_",
        r"\bCCIP(?:AT|RJ)_[0-9A-Za-z]{20,}_[0-9a-f]{40}",
        "CCIPAT_{alnum:22}_{hex:40}",
    ),
    token("artifactory_key", "AKCp", r"\bAKCp[0-9A-Za-z]{60,}", "AKCp{alnum:69}"),
    token("pulumi_token", r"\bpul-", r"\bpul-[0-9a-f]{40}\b", "pul-{hex:40}"),
    token("postman_key", "PMAK-", r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-{hex:24}-{hex:34}"),
    token("sentry_token", "sntry[su]_", r"\bsntry[su]_[0-9A-Za-z+/=_\-]{40,}", "sntryu_{hex:64}"),
    token(
        "atlassian_token",
        "AT[AC]TT3|ATBB",
        r"\b(?:AT[AC]TT3[0-9A-Za-z_\-=]{24,}|ATBB[0-9A-Za-z]{28,})",
        "ATATT3{alnum:186}",
    ),
    token("linear_key", "lin_api_", r"\blin_api_[0-9A-Za-z]{32,}", "lin_api_{alnum:40}"),
    token("figma_token", "figd_", r"\bfigd_[0-9A-Za-z_\-]{36,}", "figd_{alnum:40}"),
    # An agent key of this product: prc_<id>_<secret>.
    token(
        "prism_agent_key",
        "prc_",
        r"\bprc_[0-9A-Za-z\-]{4,64}_[0-9A-Za-z_\-]{16,}",
        "prc_{alnum:12}_{alnum:43}",
        "the prefix prc_ marks an agent key",
    ),
)
