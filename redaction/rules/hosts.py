"""Names of machines: internal suffixes, cloud instances, pods, the domains of others."""

from __future__ import annotations

from redaction.allow import is_public_host, is_stand_in, words
from redaction.types import Hit, Rule, compile_bytes

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]*[A-Za-z0-9])?"
_INTERNAL = (
    r"(?:svc\.cluster\.local|cluster\.local|internal|local|corp|lan|intra|intranet|localdomain|priv"
    r"|private|(?:service|node)\.consul|home\.arpa|svc|docker\.internal)"
)
# Endings that are hardly ever anything but a domain, then those that words and files share.
_SURE = (
    "com|net|org|edu|gov|mil|biz|de|fr|uk|nl|eu|ch|at|se|dk|pl|it|es|br|jp|cn|kr|au|ca|us|in|cz|fi"
)
_SHARED = (
    "io|dev|cloud|app|co|ai|tech|systems|info|me|sh|xyz|online|site|tv|cc|gg|run|zone|network|host"
    "|example|test|invalid"
)
# What stands before `.example` and `.test` in names of files: `settings.py.example`.
_FILE_PARTS = words(
    "config settings env yaml yml json py rb js ts toml ini conf cfg sample local override compose"
    " properties xml md txt sh"
)
_CODE_FIRST = words(
    "com org net io self this threading asyncio settings config env module local django java javax"
    " werkzeug system microsoft asp vb sys os thread request response app console window document"
    " import from package class"
)
_HOST_CONTEXT = compile_bytes(
    r"(?i)(?:://(?:[^\s/@]*@)?|@|\bhost(?:name)?[\"']?[ :=]{1,3}[\"']?|\b(?:server|address|addr"
    r"|node|upstream"
    r"|domain|ssh|ping|dig|nslookup|connect(?:ing|ed)? to|resolve|url|dns)[\"']?[ :=]{1,3}[\"']?)$"
)
_REGIONS = words("east west north south central northeast northwest southeast southwest gov iso")
_LEVELS = words("debug info notice warn warning error err crit critical fatal trace")
_CODE_BEFORE = compile_bytes(r"(?:from|import|not|and|or|if|is|in|return|assert|[=!(,+|]) ?$")
_STOP_HOSTS = words(
    "localhost none null true false unknown localhost.localdomain all any default self db redis"
    " postgres postgresql mysql web app api cache broker rabbitmq mongo nginx host name server"
)


def _in_context(hit: Hit) -> bool:
    return bool(_HOST_CONTEXT.search(hit.before(40).encode("latin-1")))


def _goes_on(hit: Hit) -> bool:
    """Whether the name continues, so that it is a package, an attribute or a call."""
    after = hit.after(2)
    if after[:1] in ("(", "_") or after[:1].isalnum():
        return True
    return after[:1] in (".", "-") and (after[1:].isalnum() or after[1:] == "_")


def _starts_inside(hit: Hit) -> bool:
    before = hit.before(1)
    return before.isalnum() or before in ("_", ".", "$", "\\") or before == "\xff"


def _is_internal(hit: Hit) -> bool:
    if _goes_on(hit) or _starts_inside(hit):
        return False
    labels = hit.value.lower().split(".")
    if is_public_host(hit.value.lower()) or (labels[0] in _CODE_FIRST and not _in_context(hit)):
        return False
    if len(labels) > 2 or labels[-1] in ("lan", "corp", "intranet", "localdomain"):
        return True
    if _is_numbered_label(labels[0]) or _in_context(hit):
        return True
    # `from celery.local import x`, `assert not fn.internal`: source code, not a machine.
    one_case = hit.value.islower() or hit.value.isupper()
    return one_case and not _CODE_BEFORE.search(hit.before(8).encode("latin-1"))


def _is_domain(hit: Hit) -> bool:
    if _goes_on(hit) or _starts_inside(hit):
        return False
    value = hit.value
    labels = value.lower().split(".")
    if is_public_host(value.lower()):
        return False
    if labels[0] in _CODE_FIRST and hit.before(1) != "/":
        return False
    if _in_context(hit):
        return True
    if hit.before(1) in ("@", "-") or any("_" in x for x in labels[1:]):
        return False
    # `ASP.NET`, `System.Net`: domains are written in one case, and in lower case when in doubt.
    if not value.islower() and (len(labels) == 2 or not value.isupper()):
        return False
    if labels[-1] in ("example", "test", "invalid"):
        after = hit.after(2)
        # A file, the anchor of a page, the entry point `package.command.test:run`.
        if labels[-2] in _FILE_PARTS or hit.before(1) == "#":
            return False
        if after[:1] == ":" and after[1:].isalpha():
            return False
        return len(labels) > 2 or labels[-1] == "example" or _is_numbered_label(labels[0])
    if len(labels[-1]) == 2 or labels[-1] in _SHARED.split("|"):
        return len(labels) > 2 and not labels[-2].isdigit()
    return not all(label.isdigit() for label in labels[:-1])


def _is_numbered_label(label: str) -> bool:
    return "-" in label or any(c.isdigit() for c in label)


def _is_labelled_host(hit: Hit) -> bool:
    value = hit.value.rstrip(".").lower()
    if value in _STOP_HOSTS or is_stand_in(value) or _goes_on(hit) or is_public_host(value):
        return False
    if (hit.group("role") or "").lower() in ("node", "machine", "instance"):
        return "-" in value and any(c.isdigit() for c in value)
    return (
        any(c.isdigit() for c in value) != value.replace(".", "").isdigit() and not value.isdigit()
    ) or ("-" in value and not value.replace("-", "").replace(".", "").isdigit())


def _is_numbered(value: str) -> bool:
    """Not a cloud region (`us-east-1`), nor a date or a ticket."""
    parts = value.lower().split("-")
    if len(parts) < 3 or parts[1] in _REGIONS or not parts[-2].rstrip("0123456789"):
        return False
    return not any(part in _REGIONS for part in parts)


def _is_login_host(hit: Hit) -> bool:
    value = hit.value.lower()
    return value not in ("localhost", "host", "hostname") and not is_public_host(value)


def _is_syslog_host(hit: Hit) -> bool:
    """The word between time and program is the host, unless it is the level of an application."""
    value = hit.value
    if value.isdigit() or value.lower() in _STOP_HOSTS or value.lower() in _LEVELS:
        return False
    return not (value.isupper() and value.isalpha())


def _is_pod(hit: Hit) -> bool:
    tail = hit.value.split("-")[-2:]
    return any(c.isdigit() for c in "".join(tail)) and hit.before(1) != "-"


RULES: tuple[Rule, ...] = (
    Rule(
        name="internal_host",
        type="env.hostname",
        keywords=(rf"\.{_INTERNAL}\b",),
        pattern=rf"(?i)(?:{_LABEL}\.)+{_INTERNAL}\b",
        severity="medium",
        check=_is_internal,
        positives=(
            "dial «db-1.acme.internal»:5432",
            "«billing.shop.svc.cluster.local»",
            "on «mac-7.local» and «fileserver.corp».",
            "no route to «ACME.INTERNAL» today",
        ),
        negatives=(
            "threading.local()",
            "settings.local",
            "com.acme.internal.Foo",
            "x.internal_name",
        ),
    ),
    Rule(
        name="cloud_instance",
        type="env.hostname",
        keywords=(
            r"\bip-[0-9]{1,3}-[0-9]",
            r"\b(?:gke|aks|eks)-[a-z0-9]",
            r"-vmss[0-9]",
            r"\bi-0[0-9a-f]{7}",
        ),
        pattern=r"\bip-[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3}(?:\.[0-9a-z\-]+)*\b"
        r"|\b(?:gke|aks|eks)-[0-9a-z\-]*[0-9][0-9a-z\-]*\b|\bi-0[0-9a-f]{16}\b",
        severity="medium",
        positives=(
            "node «ip-10-0-12-7.eu-west-1.compute.internal» lost",
            "«gke-prod-default-pool-1a2b3c4d-x7k2»",
            "instance «i-0{hex:16}»",
        ),
        negatives=("gke-autopilot", "ip-address"),
    ),
    Rule(
        name="kubernetes_pod",
        type="env.hostname",
        keywords=(r"-[bcdf0-9]{4,10}[a-z0-9]{0,6}-[bcdfghjklmnpqrstvwxz2456789]{5}\b",),
        pattern=r"\b[a-z][a-z0-9\-]*-[bcdf0-9][a-f0-9bcdfghjklmnpqrstvwxz]{6,9}-[bcdfghjklmnpqrstvwxz2456789]{5}\b",
        severity="medium",
        check=_is_pod,
        positives=("pod/«checkout-7d9f8b6c5d-x2x4z» crashed",),
        negatives=("some-words-that-are-long",),
    ),
    Rule(
        name="domain",
        type="env.hostname",
        keywords=(rf"\.(?:{_SURE}|{_SHARED})\b",),
        pattern=rf"(?i)(?:{_LABEL}\.)+(?:{_SURE}|{_SHARED})\b",
        severity="medium",
        check=_is_domain,
        positives=(
            "GET https://«portal.acme-shop.com»/login",
            "resolve «api.eu.acme.io»: no such host",
            "«mx1.acme.de» refused",
            "dial «db-7.internal.corp.example»:5432",
            "https://«corp.test»/x and «web-1.invalid», «acme.example»",
        ),
        negatives=(
            "https://github.com/",
            "docs.python.org",
            "import java.io",
            "ASP.NET Core",
            "com.acme.net.Foo",
            "https://www.example.com/x",
            "cp settings.py.example config.example .env.example",
            "run = setuptools.command.test:run, page#core.wrapping.example",
            "app.test.js, /x/.test(y), unit.test, email.invalid",
            "socket.io",
            "org.springframework.web",
        ),
    ),
    Rule(
        name="labelled_host",
        type="env.hostname",
        keywords=(r"host|server|node|machine|instance|broker",),
        pattern=r"(?i)\b[a-z_.]{0,20}(?P<role>host(?:_?name)?|server(?:_?name)?|node(?:_?name)?"
        r"|machine|instance"
        r"|broker)"
        r"[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<v>[A-Za-z0-9][A-Za-z0-9.\-]+[A-Za-z0-9])\b",
        severity="medium",
        check=_is_labelled_host,
        positives=("DB_HOST=«pg-primary-01»", '"hostname": "«web07»"'),
        negatives=("host: localhost", "server: nginx", "nodes=12", "host=10"),
    ),
    Rule(
        name="numbered_host",
        type="env.hostname",
        keywords=(r"\b(?:[a-z0-9]+-)+(?:[a-z]*[0-9]{1,4}|[a-z])\b",),
        # A stage and a number: prod-web-03, db-staging-1, eu-prod-api2.
        pattern=r"(?i)\b(?:[a-z0-9]+-)*(?:prod|prd|production|stage|staging|stg|qa|uat|preprod"
        r"|dev|eu|us|dc[0-9])"
        r"(?:-[a-z]+[0-9]*)*-[a-z]*[0-9]{1,4}[a-z]?\b",
        severity="medium",
        check=lambda hit: not _goes_on(hit) and not _starts_inside(hit) and _is_numbered(hit.value),
        positives=("the deploy on «prod-web-03» broke", "«acme-eu-db-2» is down"),
        negatives=("us-east-1", "eu-central-1a", "dev-2026-11-20", "qa-12345-67890"),
    ),
    Rule(
        name="shell_prompt_host",
        type="env.hostname",
        keywords=(r"@[a-z0-9.\-]+[: ][~/]",),
        pattern=r"\b[a-z_][a-z0-9_.\-]*@(?P<v>[A-Za-z][A-Za-z0-9.\-]*[A-Za-z0-9])[: ][~/]",
        severity="medium",
        check=lambda hit: hit.value not in ("localhost", "github.com", "gitlab.com"),
        positives=("deploy@«web-12»:~$ ls",),
        negatives=("root@localhost:/# ls",),
    ),
    Rule(
        name="login_host",
        type="env.hostname",
        keywords=("ssh|scp|sftp|rsync|mosh",),
        pattern=r"(?i)\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id)(?:://|[ \t]"
        r"(?:[^\r\n|;&@\x0c]{0,120}[ \t\"'])?)"
        r"[a-z0-9_][a-z0-9_.\-]*@(?P<v>[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?)",
        severity="medium",
        check=_is_login_host,
        positives=("run ssh -p 22 bob@«web01» now", "ssh://bob@«web01»/x"),
        negatives=("ssh -T git@github.com", "ssh root@localhost"),
    ),
    Rule(
        name="syslog_host",
        type="env.hostname",
        keywords=(r"[0-9]:[0-9]{2}:[0-9]{2}[^ ]{0,16} [a-z0-9.\-]+ [a-z0-9_./\-]+\[[0-9]+\]:",),
        pattern=r"(?i)[0-9]:[0-9]{2}:[0-9]{2}[^ \r\n\x0c]{0,16} (?P<v>[a-z0-9.\-]+)"
        r" [a-z0-9_./\-]+\[[0-9]+\]:",
        severity="medium",
        check=_is_syslog_host,
        positives=("Nov 20 10:00:00 «web01» sshd[123]: ok",),
        negatives=(
            "10:00:00 localhost cron[7]: x",
            "10:00:00.123Z WARN worker.db[9]: x",
        ),
    ),
)
