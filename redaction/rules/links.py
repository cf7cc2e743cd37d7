"""Secrets in URLs: passwords, webhooks, signed links, tokens in the query string."""

from __future__ import annotations

from redaction.allow import entropy, is_stand_in, words
from redaction.types import Hit, Rule

_COMMON_PARAMETER_VALUES = words("authorization_code refresh_token client_credentials")


def _is_password(hit: Hit) -> bool:
    return not is_stand_in(hit.value) and hit.value.lower() not in (
        "pass",
        "pw",
        "passwd",
    )


def _is_token_alone(hit: Hit) -> bool:
    """`https://TOKEN@host`: a user name alone is shorter or made of words."""
    return not is_stand_in(hit.value) and any(c.isdigit() for c in hit.value)


def _is_random_parameter(hit: Hit) -> bool:
    value = hit.value
    if is_stand_in(value) or value in _COMMON_PARAMETER_VALUES:
        return False
    name = (hit.group("name") or "").lower()
    if name in ("code", "key", "state", "nonce", "token", "auth"):
        return len(value) >= 12 and any(c.isdigit() for c in value) and entropy(value) > 2.8
    return entropy(value) > 2.0


RULES: tuple[Rule, ...] = (
    Rule(
        name="url_password",
        type="secret.url_password",
        keywords=(r"://[^\s/@]",),
        pattern=r"[A-Za-z][A-Za-z0-9+.\-]{1,24}://[^\s/?#\"'<>@:\x0c]{0,200}:"
        r"(?P<v>[^\s/\"'<>@\x0c]{1,300}(?:[/@][^\s/\"'<>@\x0c]{1,300}){0,2})@[A-Za-z0-9\[%_\xff]",
        check=_is_password,
        positives=(
            "DATABASE_URL=postgres://app:«{alnum:12}»@db:5432/app",
            "redis://:«{alnum:20}»@cache:6379/0",
            "amqp://svc:«{alnum:6}!{alnum:4}»@mq/vhost",
        ),
        negatives=(
            "postgres://user:password@localhost/db",
            "https://host:8080/@scope/pkg",
        ),
    ),
    Rule(
        name="url_token",
        type="secret.url_password",
        keywords=(r"://[^\s/@:]{16}",),
        pattern=r"https?://(?P<v>[0-9A-Za-z_\-.~%]{16,300})@",
        check=_is_token_alone,
        positives=("git clone https://«{alnum:30}»@git.acme.internal/x",),
        negatives=("https://some-user-name-here@host/",),
    ),
    Rule(
        name="slack_webhook",
        type="secret.webhook_url",
        keywords=(r"hooks\.slack(?:-gov)?\.com/",),
        pattern=r"(?i)https?://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/"
        r"[0-9A-Za-z/_\-]{20,}",
        check=lambda hit: not is_stand_in(hit.value.rpartition("/")[2]),
        positives=(
            "post to «https://hooks.slack.com/services/T{base32:8}/B{base32:8}/{alnum:24}»",
        ),
        negatives=(
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        ),
    ),
    Rule(
        name="discord_webhook",
        type="secret.webhook_url",
        keywords=("api/webhooks/",),
        pattern=r"(?i)https?://[a-z.]{0,20}discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/"
        r"[0-9]{5,25}/[0-9A-Za-z_\-]{20,}",
        positives=("«https://discord.com/api/webhooks/{nonzero:18}/{alnum:68}»",),
    ),
    Rule(
        name="teams_webhook",
        type="secret.webhook_url",
        keywords=(r"webhook\.office\.com|logic\.azure\.com|powerplatform\.com",),
        pattern=r"(?i)https://[0-9a-z.\-]{1,120}(?:webhook\.office\.com|logic\.azure\.com(?::443)?"
        r"|powerplatform\.com(?::443)?)/[^\s\"'<>\x0c]{20,}",
        positives=(
            "«https://acme.webhook.office.com/webhookb2/{hex:32}/IncomingWebhook/{hex:32}»",
        ),
    ),
    Rule(
        name="signed_link",
        type="secret.signed_link",
        keywords=(r"[?&;]sig=|X-(?:Amz|Goog|Ms)-|[?&]Signature=",),
        pattern=r"(?i)[?&;](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token"
        r"|x-amz-credential|x-goog-credential)=(?P<v>[0-9A-Za-z%+/=_\-.~]{16,})",
        check=lambda hit: not is_stand_in(hit.value),
        positives=(
            "https://x.blob/c?sv=2022&se=2030&sig=«{alnum:42}%3D»",
            "?X-Amz-Date=20261120T000000Z&X-Amz-Signature=«{hex:64}»&x=1",
        ),
    ),
    Rule(
        name="url_parameter",
        type="secret.url_parameter",
        keywords=(
            r"[?&;#](?:[a-z_.\-]{0,20}(?:token|key|secret|pass|pwd|auth|ticket|otp)|code|sid)",
        ),
        pattern=r"(?i)[?&;#](?P<name>[a-z_.\-]{0,20}(?:token|api_?key|key|secret|password|passwd"
        r"|pwd"
        r"|auth|ticket|otp|signature)|code|sid|jsessionid)=(?P<v>[^&\s\"'<>#\x0c,;)\]}`]{6,})",
        check=_is_random_parameter,
        positives=(
            "GET /reset?token=«{alnum:32}» 200",
            "https://api.acme.dev/v1?page=2&api_key=«{hex:32}»",
        ),
        negatives=(
            "/oauth?grant=x&code=authorization_code",
            "GET /list?page_token=YOUR_TOKEN",
            "?key=customer-list",
        ),
    ),
)
