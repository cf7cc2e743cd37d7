"""Keys of chat, mail, payment, AI and other services."""

from __future__ import annotations

from redaction.rules.token import is_ai_key, token
from redaction.types import Rule

RULES: tuple[Rule, ...] = (
    token(
        "slack_token",
        "xox[a-z]-|xox[a-z]\\.xox|xapp-",
        r"(?:xox[a-z]\.)?(?:xox[a-z]|xapp)-[0-9A-Za-z\-]{10,}",
        "xoxb-{digit:12}-{digit:12}-{alnum:24}",
    ),
    token(
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
        check=is_ai_key,
        positives=("OPENAI uses «sk-proj-{alnum:48}»", "«sk-ant-api03-{alnum:80}AA»"),
        negatives=("class sk-folding-cube-animation-large", "sk-xxxxxxxxxxxxxxxxxxxxxxxx"),
    ),
    token("groq_key", "gsk_", r"\bgsk_[0-9A-Za-z]{32,}", "gsk_{alnum:52}"),
    token("xai_key", "xai-", r"\bxai-[0-9A-Za-z]{40,}", "xai-{alnum:80}"),
    token("replicate_key", r"\br8_", r"\br8_[0-9A-Za-z]{30,}", "r8_{alnum:37}"),
    token("perplexity_key", "pplx-", r"\bpplx-[0-9A-Za-z]{32,}", "pplx-{alnum:48}"),
    token(
        "hugging_face_token",
        r"\bhf_|api_org_",
        r"\b(?:hf|api_org)_[A-Za-z0-9]{30,}",
        "hf_{alpha:34}",
    ),
    token("twilio_key", r"\bSK[0-9a-f]", r"\bSK[0-9a-f]{32}\b", "SK{hex:32}"),
    token(
        "sendgrid_key",
        r"SG\.",
        r"\bSG\.[0-9A-Za-z_\-]{16,32}\.[0-9A-Za-z_\-]{16,64}",
        "SG.{alnum:22}.{alnum:43}",
    ),
    token("mailgun_key", "key-[0-9a-f]", r"\bkey-[0-9a-f]{32}\b", "key-{hex:32}"),
    token("mailchimp_key", r"-us[0-9]", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", "{hex:32}-us14"),
    token(
        "brevo_key",
        "xkeysib-",
        r"\bxkeysib-[0-9a-f]{64}[0-9A-Za-z\-]*",
        "xkeysib-{hex:64}-{alnum:16}",
    ),
    token(
        "shopify_token",
        "shp(?:at|ca|pa|ss)_",
        r"\bshp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}",
        "shpat_{hex:32}",
    ),
    token(
        "square_token", "sq0[a-z]{3}-", r"\bsq0[a-z]{3}-[0-9A-Za-z_\-]{22,}", "sq0atp-{alnum:22}"
    ),
    token(
        "notion_token",
        r"\bntn_|\bsecret_",
        r"\b(?:ntn_[0-9A-Za-z]{40,}|secret_[0-9A-Za-z]{43}\b)",
        "ntn_{alnum:46}",
    ),
    token("posthog_key", r"\bphx_", r"\bphx_[0-9A-Za-z]{40,}", "phx_{alnum:43}"),
    token(
        "airtable_token",
        r"\bpat[0-9A-Za-z]{14}\.",
        r"\bpat[0-9A-Za-z]{14}\.[0-9a-f]{64}\b",
        "pat{alnum:14}.{hex:64}",
    ),
    token("contentful_token", "CFPAT-", r"\bCFPAT-[0-9A-Za-z_\-]{40,}", "CFPAT-{alnum:43}"),
    token(
        "shippo_token",
        "shippo_(?:live|test)_",
        r"\bshippo_(?:live|test)_[0-9a-f]{40}",
        "shippo_live_{hex:40}",
    ),
    token(
        "telegram_bot_token",
        ":AA",
        r"\b[0-9]{8,10}:AA[0-9A-Za-z_\-]{32,35}",
        "{nonzero:9}:AA{alnum:33}",
    ),
    token(
        "discord_bot_token",
        r"\.[0-9A-Za-z_\-]{6}\.[0-9A-Za-z_\-]{27}",
        r"\b[MNO][0-9A-Za-z_\-]{23,27}\.[0-9A-Za-z_\-]{6}\.[0-9A-Za-z_\-]{27,40}",
        "M{alnum:23}.{alnum:6}.{alnum:27}",
    ),
)
