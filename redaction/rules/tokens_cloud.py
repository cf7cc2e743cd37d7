"""Keys of clouds, hosting, databases and secret stores."""

from __future__ import annotations

from redaction.rules.token import not_stand_in, token
from redaction.types import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        name="aws_access_key",
        type="secret.aws_access_key",
        keywords=("AKIA|ASIA|ABIA|ACCA",),
        pattern=r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
        check=not_stand_in("AKIA|ASIA|ABIA|ACCA"),
        positives=("aws_access_key_id = «AKIA{base32:16}»",),
        negatives=("AKIAIOSFODNN7EXAMPLE", "AKIAXXXXXXXXXXXXXXXX"),
    ),
    token("google_api_key", "AIza", r"AIza[0-9A-Za-z_\-]{33,39}", "AIza{alnum:35}"),
    token(
        "google_oauth_token",
        r"ya29\.|1//0|GOCSPX-",
        r"(?:ya29\.|1//0|GOCSPX-)[0-9A-Za-z_\-]{24,}",
        "ya29.{alnum:60}",
    ),
    token(
        "azure_client_secret",
        r"[0-9]Q~",
        r"\b[0-9A-Za-z_~.\-]{3}[0-9]Q~[0-9A-Za-z_~.\-]{31,34}",
        "aB38Q~{alnum:33}",
    ),
    token("alibaba_key", r"\bLTAI", r"\bLTAI[0-9A-Za-z]{12,24}\b", "LTAI{alnum:20}"),
    token(
        "digitalocean_token",
        "do[opr]_v1_",
        r"\bdo[opr]_v1_[0-9a-f]{60,}",
        "dop_v1_{hex:64}",
    ),
    token("databricks_token", "dapi[0-9a-f]", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b", "dapi{hex:32}"),
    token("vault_token", r"\bhv[sbr]\.", r"\bhv[sbr]\.[0-9A-Za-z_\-]{20,}", "hvs.{alnum:90}"),
    token(
        "doppler_token",
        r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.",
        r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z_.\-]{36,}",
        "dp.pt.{alnum:43}",
    ),
    token(
        "fly_token",
        r"\bfm[12][ar]?_|\bfo1_",
        r"\b(?:fm[12][ar]?|fo1)_[0-9A-Za-z+/=_\-]{30,}",
        "fo1_{alnum:43}",
    ),
    token("heroku_key", "HRKU-", r"\bHRKU-[0-9A-Za-z_\-]{30,}", "HRKU-{alnum:60}"),
    token("netlify_token", r"\bnf[pc]_", r"\bnf[pc]_[0-9A-Za-z]{36,}", "nfp_{alnum:36}"),
    token(
        "supabase_key",
        r"\bsbp_|\bsb_secret_",
        r"\b(?:sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_\-]{20,})",
        "sbp_{hex:40}",
    ),
    token(
        "planetscale_token",
        "pscale_",
        r"\bpscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=\-]{32,}",
        "pscale_tkn_{alnum:43}",
    ),
    token(
        "tailscale_key",
        "tskey-",
        r"\btskey-[a-z]+-[0-9A-Za-z]+-[0-9A-Za-z]{20,}",
        "tskey-auth-{alnum:12}-{alnum:32}",
    ),
    token(
        "onepassword_token", "ops_eyJ", r"\bops_eyJ[0-9A-Za-z+/=_\-]{100,}", "ops_eyJ{alnum:200}"
    ),
    token(
        "age_key",
        "AGE-SECRET-KEY-1",
        r"(?i)AGE-SECRET-KEY-1[0-9A-Z]{50,}",
        "AGE-SECRET-KEY-1{base32:58}",
    ),
    token(
        "grafana_token",
        "glsa_|glc_",
        r"\b(?:glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}|glc_[0-9A-Za-z+/]{32,})",
        "glsa_{alnum:32}_{hex:8}",
    ),
    token(
        "new_relic_key",
        "NRAK-|NRII-|NRJS-",
        r"\bNR(?:AK|II|JS)-[0-9A-Za-z_\-]{19,}",
        "NRAK-{alnum:27}",
    ),
    token(
        "dynatrace_token",
        r"dt0[a-z][0-9]{2}\.",
        r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{40,64}",
        "dt0c01.{base32:24}.{base32:64}",
    ),
)
