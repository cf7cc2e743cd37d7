"""Tokens that providers mark with a prefix of their own: the prefix alone tells what they are."""

from __future__ import annotations

from redaction.allow import entropy, is_stand_in
from redaction.types import Hit, Rule


def _is_random(hit: Hit) -> bool:
    """A real token is not a documented example and not one character over and over."""
    return not is_stand_in(hit.value) and entropy(hit.value[-24:]) > 2.2


def _has_digit_and_is_random(hit: Hit) -> bool:
    """For prefixes that words and CSS classes share (`sk-loading-spinner`)."""
    body = hit.value[3:]
    mixed = any(c.isdigit() for c in body) and any(c.isalpha() for c in body)
    return mixed and _is_random(hit) and entropy(body) > 3.0


def _not_aws_example(hit: Hit) -> bool:
    return not hit.value.endswith("EXAMPLE") and _is_random(hit)


def _token(
    name: str,
    keyword: str,
    pattern: str,
    example: str,
    *negatives: str,
) -> Rule:
    """A row of the table below: everything but name, prefix, format and example is the same."""
    return Rule(
        name=name,
        type=f"secret.{name}",
        keywords=(keyword,),
        pattern=pattern,
        check=_is_random,
        positives=(f"using «{example}» now", f'"value": "«{example}»",'),
        negatives=negatives,
    )


RULES: tuple[Rule, ...] = (
    # The tail admits dots: GitHub's stateless tokens carry a JWT behind the prefix.
    _token(
        "github_token",
        "gh[opusr]_",
        r"gh[opusr]_[0-9A-Za-z]{16}[0-9A-Za-z_.\-]*[0-9A-Za-z]",
        "ghp_{alnum:36}",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "the prefix ghp_ marks a token",
    ),
    _token(
        "github_fine_grained_token",
        "github_pat_",
        r"github_pat_[0-9A-Za-z_]{20,}",
        "github_pat_{alnum:22}_{alnum:59}",
        "github_pat_YOUR_TOKEN_GOES_HERE_PLEASE",
    ),
    _token(
        "gitlab_token",
        r"gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct|wt)-",
        r"gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct|wt)-[0-9A-Za-z_\-.]{19,}[0-9A-Za-z_]",
        "glpat-{alnum:20}",
    ),
    Rule(
        name="aws_access_key",
        type="secret.aws_access_key",
        keywords=("AKIA|ASIA|ABIA|ACCA",),
        pattern=r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
        check=_not_aws_example,
        positives=("aws_access_key_id = «AKIA{base32:16}»",),
        negatives=("AKIAIOSFODNN7EXAMPLE", "AKIAXXXXXXXXXXXXXXXX"),
    ),
    _token("google_api_key", "AIza", r"AIza[0-9A-Za-z_\-]{33,39}", "AIza{alnum:35}"),
    _token(
        "google_oauth_token",
        r"ya29\.|1//0|GOCSPX-",
        r"(?:ya29\.|1//0|GOCSPX-)[0-9A-Za-z_\-]{24,}",
        "ya29.{alnum:60}",
    ),
    _token(
        "slack_token",
        "xox[a-z]-|xox[a-z]\\.xox|xapp-",
        r"(?:xox[a-z]\.)?(?:xox[a-z]|xapp)-[0-9A-Za-z\-]{10,}",
        "xoxb-{digit:12}-{digit:12}-{alnum:24}",
    ),
    _token(
        "stripe_key",
        r"[sr]k_(?:live|test)_|whsec_",
        r"(?:(?:sk|rk)_(?:live|test)_|whsec_)[0-9A-Za-z+/]{16,}",
        "sk_live_{alnum:32}",
    ),
    Rule(
        name="ai_provider_key",
        type="secret.ai_provider_key",
        keywords=(r"\bsk-",),
        pattern=r"\bsk-[0-9A-Za-z_\-]{19,}[0-9A-Za-z_]",
        check=_has_digit_and_is_random,
        positives=("OPENAI uses «sk-proj-{alnum:48}»", "«sk-ant-api03-{alnum:80}AA»"),
        negatives=("class sk-folding-cube-animation-large", "sk-xxxxxxxxxxxxxxxxxxxxxxxx"),
    ),
    _token("groq_key", "gsk_", r"\bgsk_[0-9A-Za-z]{32,}", "gsk_{alnum:52}"),
    _token("xai_key", "xai-", r"\bxai-[0-9A-Za-z]{40,}", "xai-{alnum:80}"),
    _token("replicate_key", r"\br8_", r"\br8_[0-9A-Za-z]{30,}", "r8_{alnum:37}"),
    _token("perplexity_key", "pplx-", r"\bpplx-[0-9A-Za-z]{32,}", "pplx-{alnum:48}"),
    _token("hugging_face_token", r"\bhf_|api_org_", r"\b(?:hf|api_org)_[A-Za-z0-9]{30,}", "hf_{alpha:34}"),
    _token("npm_token", "npm_", r"\bnpm_[0-9A-Za-z]{30,}", "npm_{alnum:36}"),
    _token("pypi_token", "pypi-", r"\bpypi-[0-9A-Za-z_\-]{50,}", "pypi-AgEIcHlwaS5vcmc{alnum:60}"),
    _token("rubygems_key", "rubygems_", r"\brubygems_[0-9a-f]{40,}", "rubygems_{hex:48}"),
    _token("twilio_key", r"\bSK[0-9a-f]", r"\bSK[0-9a-f]{32}\b", "SK{hex:32}"),
    _token(
        "sendgrid_key",
        r"SG\.",
        r"\bSG\.[0-9A-Za-z_\-]{16,32}\.[0-9A-Za-z_\-]{16,64}",
        "SG.{alnum:22}.{alnum:43}",
    ),
    _token("mailgun_key", "key-[0-9a-f]", r"\bkey-[0-9a-f]{32}\b", "key-{hex:32}"),
    _token("mailchimp_key", r"-us[0-9]", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", "{hex:32}-us14"),
    _token("brevo_key", "xkeysib-", r"\bxkeysib-[0-9a-f]{64}[0-9A-Za-z\-]*", "xkeysib-{hex:64}-{alnum:16}"),
    _token(
        "digitalocean_token",
        "do[opr]_v1_",
        r"\bdo[opr]_v1_[0-9a-f]{60,}",
        "dop_v1_{hex:64}",
    ),
    _token("databricks_token", "dapi[0-9a-f]", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b", "dapi{hex:32}"),
    _token("shopify_token", "shp(?:at|ca|pa|ss)_", r"\bshp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}", "shpat_{hex:32}"),
    _token("square_token", "sq0[a-z]{3}-", r"\bsq0[a-z]{3}-[0-9A-Za-z_\-]{22,}", "sq0atp-{alnum:22}"),
    _token("linear_key", "lin_api_", r"\blin_api_[0-9A-Za-z]{32,}", "lin_api_{alnum:40}"),
    _token("notion_token", r"\bntn_|\bsecret_", r"\b(?:ntn_[0-9A-Za-z]{40,}|secret_[0-9A-Za-z]{43}\b)", "ntn_{alnum:46}"),
    _token("atlassian_token", "AT[AC]TT3|ATBB", r"\b(?:AT[AC]TT3[0-9A-Za-z_\-=]{24,}|ATBB[0-9A-Za-z]{28,})", "ATATT3{alnum:186}"),
    _token("docker_token", "dckr_(?:pat|oat)_", r"\bdckr_(?:pat|oat)_[0-9A-Za-z_\-]{20,}", "dckr_pat_{alnum:27}"),
    _token("vault_token", r"\bhv[sbr]\.", r"\bhv[sbr]\.[0-9A-Za-z_\-]{20,}", "hvs.{alnum:90}"),
    _token("terraform_token", r"\.atlasv1\.", r"\b[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=\-]{50,}", "{alnum:14}.atlasv1.{alnum:67}"),
    _token("grafana_token", "glsa_|glc_", r"\b(?:glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}|glc_[0-9A-Za-z+/]{32,})", "glsa_{alnum:32}_{hex:8}"),
    _token("sentry_token", "sntry[su]_", r"\bsntry[su]_[0-9A-Za-z+/=_\-]{40,}", "sntryu_{hex:64}"),
    _token("new_relic_key", "NRAK-|NRII-|NRJS-", r"\bNR(?:AK|II|JS)-[0-9A-Za-z_\-]{19,}", "NRAK-{alnum:27}"),
    _token("doppler_token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z_.\-]{36,}", "dp.pt.{alnum:43}"),
    _token("fly_token", r"\bfm[12][ar]?_|\bfo1_", r"\b(?:fm[12][ar]?|fo1)_[0-9A-Za-z+/=_\-]{30,}", "fo1_{alnum:43}"),
    _token("heroku_key", "HRKU-", r"\bHRKU-[0-9A-Za-z_\-]{30,}", "HRKU-{alnum:60}"),
    _token("netlify_token", r"\bnf[pc]_", r"\bnf[pc]_[0-9A-Za-z]{36,}", "nfp_{alnum:36}"),
    _token("supabase_key", r"\bsbp_|\bsb_secret_", r"\b(?:sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_\-]{20,})", "sbp_{hex:40}"),
    _token("planetscale_token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=\-]{32,}", "pscale_tkn_{alnum:43}"),
    _token("postman_key", "PMAK-", r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-{hex:24}-{hex:34}"),
    _token("figma_token", "figd_", r"\bfigd_[0-9A-Za-z_\-]{36,}", "figd_{alnum:40}"),
    _token("tailscale_key", "tskey-", r"\btskey-[a-z]+-[0-9A-Za-z]+-[0-9A-Za-z]{20,}", "tskey-auth-{alnum:12}-{alnum:32}"),
    _token("pulumi_token", r"\bpul-", r"\bpul-[0-9a-f]{40}\b", "pul-{hex:40}"),
    _token("posthog_key", r"\bphx_", r"\bphx_[0-9A-Za-z]{40,}", "phx_{alnum:43}"),
    _token("buildkite_token", "bkua_", r"\bbkua_[0-9a-f]{40}", "bkua_{hex:40}"),
    _token("circleci_token", "CCIPAT_|CCIPRJ_", r"\bCCIP(?:AT|RJ)_[0-9A-Za-z]{20,}_[0-9a-f]{40}", "CCIPAT_{alnum:22}_{hex:40}"),
    _token("onepassword_token", "ops_eyJ", r"\bops_eyJ[0-9A-Za-z+/=_\-]{100,}", "ops_eyJ{alnum:200}"),
    _token("age_key", "AGE-SECRET-KEY-1", r"(?i)AGE-SECRET-KEY-1[0-9A-Z]{50,}", "AGE-SECRET-KEY-1{base32:58}"),
    _token("airtable_token", r"\bpat[0-9A-Za-z]{14}\.", r"\bpat[0-9A-Za-z]{14}\.[0-9a-f]{64}\b", "pat{alnum:14}.{hex:64}"),
    _token("artifactory_key", "AKCp", r"\bAKCp[0-9A-Za-z]{60,}", "AKCp{alnum:69}"),
    _token("azure_client_secret", r"[0-9]Q~", r"\b[0-9A-Za-z_~.\-]{3}[0-9]Q~[0-9A-Za-z_~.\-]{31,34}", "aB38Q~{alnum:33}"),
    _token("dynatrace_token", r"dt0[a-z][0-9]{2}\.", r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{40,64}", "dt0c01.{base32:24}.{base32:64}"),
    _token("contentful_token", "CFPAT-", r"\bCFPAT-[0-9A-Za-z_\-]{40,}", "CFPAT-{alnum:43}"),
    _token("shippo_token", "shippo_(?:live|test)_", r"\bshippo_(?:live|test)_[0-9a-f]{40}", "shippo_live_{hex:40}"),
    _token("alibaba_key", r"\bLTAI", r"\bLTAI[0-9A-Za-z]{12,24}\b", "LTAI{alnum:20}"),
    _token("telegram_bot_token", ":AA", r"\b[0-9]{8,10}:AA[0-9A-Za-z_\-]{32,35}", "{nonzero:9}:AA{alnum:33}"),
    _token("discord_bot_token", r"\.[0-9A-Za-z_\-]{6}\.[0-9A-Za-z_\-]{27}", r"\b[MNO][0-9A-Za-z_\-]{23,27}\.[0-9A-Za-z_\-]{6}\.[0-9A-Za-z_\-]{27,40}", "M{alnum:23}.{alnum:6}.{alnum:27}"),
    # An agent key of this product: prc_<id>_<secret>.
    _token("prism_agent_key", "prc_", r"\bprc_[0-9A-Za-z\-]{4,64}_[0-9A-Za-z_\-]{16,}", "prc_{alnum:12}_{alnum:43}", "the prefix prc_ marks an agent key"),
)  # fmt: skip
