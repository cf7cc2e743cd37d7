"""Credentials by where they stand: headers, cookies, command lines, credential files."""

from __future__ import annotations

import base64
import binascii

from redaction.allow import entropy, is_stand_in, kinds_of_characters, without_name_marks
from redaction.types import Hit, Rule, compile_bytes


def _is_value(hit: Hit) -> bool:
    return not is_stand_in(hit.value)


def _is_random(hit: Hit) -> bool:
    return not is_stand_in(hit.value) and entropy(hit.value) > 2.5


def _holds_user_and_password(hit: Hit) -> bool:
    """Basic credentials are base64 of `user:password`."""
    try:
        plain = base64.b64decode(hit.value.rstrip("=") + "==")
    except (binascii.Error, ValueError):
        return False
    return b":" in plain and sum(32 <= byte < 127 for byte in plain) * 8 >= len(plain) * 7


def _is_cookie(hit: Hit) -> bool:
    return not is_stand_in(hit.value.partition("=")[2] or hit.value)


def _is_prose_password(hit: Hit) -> bool:
    value = hit.value.rstrip(".,;:!?)")
    mixed = any(c.isdigit() for c in value) or any(not c.isalnum() for c in value[1:-1])
    return len(value) >= 5 and mixed and not is_stand_in(value)


_STANDARD_NAME = compile_bytes(
    r"(?i)^(?:sha|md|base|pbkdf|argon|oauth|utf|aes|rsa|hmac|bcrypt|scrypt|scram|http|tls|ssl|nist"
    r"|iso|cve-|rfc|v?[0-9.]+$|[0-9]{4}-)|\.(?:[a-z]{1,4})$|^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+$"
)


def _is_password_apart(hit: Hit) -> bool:
    """Three kinds of characters, a digit among them, and no name of a standard, file or call."""
    value = hit.value.rstrip(".,:?)")
    before = hit.data[max(0, hit.whole_start - 1) : hit.whole_start]
    if before in (b"/", b".", b"-", b"_", b"$") or hit.after(1) == "(":
        return False
    return (
        len(value) >= 6
        and any(c.isdigit() for c in value)
        and kinds_of_characters(without_name_marks(value)) >= 3
        and not _STANDARD_NAME.search(value.encode("latin-1"))
        and not is_stand_in(value)
    )


def _is_pgpass(hit: Hit) -> bool:
    return not is_stand_in(hit.value) and len(hit.value) >= 4 and not hit.value.startswith("/")


RULES: tuple[Rule, ...] = (
    Rule(
        name="authorization_header",
        type="secret.authorization",
        keywords=("authorization",),
        pattern=r"(?i)\bauthorization[\"']?[ \t]{0,4}(?:[:=]|=>)["
        r" \t]{0,4}[\"']?(?:[a-z0-9\-]{2,20} +)?"
        r"(?P<v>[^\s\"'<>,;\x0c]{6,})",
        check=_is_value,
        positives=(
            "Authorization: Bearer «{alnum:40}»",
            '"authorization": "token «{hex:40}»"',
            "-H 'Authorization: «{alnum:24}»'",
        ),
        negatives=("Authorization: Bearer $TOKEN", "Authorization: Bearer <token>"),
    ),
    Rule(
        name="bearer_token",
        type="secret.authorization",
        keywords=("bearer",),
        pattern=r"(?i)\bbearer[ \t:=\"']{1,4}(?P<v>[0-9a-z._~+/\-]{16,}=*)",
        check=lambda hit: _is_random(hit) and any(c.isdigit() for c in hit.value),
        positives=("sent bearer «{alnum:32}7» and failed",),
        negatives=("bearer authentication-middleware-configuration",),
    ),
    Rule(
        name="basic_credentials",
        type="secret.authorization",
        keywords=("basic",),
        pattern=r"(?i)\bbasic[ \t]{1,4}(?P<v>[0-9A-Za-z+/]{8,}={0,2})",
        check=_holds_user_and_password,
        positives=("proxy: Basic «{basic}»",),
        negatives=("a basic understanding of things",),
    ),
    Rule(
        name="cookie_header",
        type="secret.cookie",
        keywords=("cookie",),
        pattern=r"(?i)\bcookie2?[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
        r"(?P<v>[0-9a-z_.\-%~$]{1,80}=[^\r\n\"'\x0c]{6,})",
        check=_is_cookie,
        positives=(
            "Cookie: «sessionid={alnum:32}; csrftoken={alnum:32}»",
            "Set-Cookie: «sid={hex:32}; Path=/; HttpOnly»",
        ),
        negatives=("the cookie: none",),
    ),
    Rule(
        name="session_value",
        type="secret.cookie",
        keywords=(r"sess(?:ion)?[_.]?id|connect\.sid|csrf_?token|phpsessid|xsrf",),
        pattern=r"(?i)\b[a-z_.\-]{0,20}(?:sess(?:ion)?[_.\-]?(?:id|token|key)|connect\.sid"
        r"|csrf_?token"
        r"|xsrf-token)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<v>[0-9a-z%_.+/=\-]{16,})",
        check=lambda hit: _is_random(hit) and any(c.isdigit() for c in hit.value),
        positives=("JSESSIONID=«{alnum:32}»", '"session_id": "«{hex:40}»"'),
        negatives=("session_id=request.session.session_key",),
    ),
    Rule(
        name="netrc",
        type="secret.password",
        keywords=(r"\blogin\b",),
        pattern=r"(?i)\blogin[ \t\r\n]+[^\s\x0c]{1,100}[ \t\r\n]+password["
        r" \t\r\n]+(?P<v>[^\s\x0c]{1,200})",
        check=_is_value,
        positives=("machine git.acme.dev login bob password «{alnum:12}»",),
    ),
    Rule(
        name="pgpass",
        type="secret.password",
        keywords=(r":(?:[0-9]{2,5}|\*):",),
        pattern=r"(?m)^[ \t]{0,8}(?:[A-Za-z0-9_.\-]{1,100}|\*):(?:[0-9]{2,5}|\*):"
        r"[A-Za-z0-9_*\-]{1,60}:[A-Za-z0-9_.*\-]{1,60}:(?P<v>[^\s:\x0c]{4,200})[ \t]*\r?$",
        check=_is_pgpass,
        positives=("db.acme.dev:5432:app:app_user:«{alnum:14}»",),
        negatives=("12:30:45:10:0000",),
    ),
    Rule(
        name="mysql_password",
        type="secret.password",
        keywords=("mysql|mariadb|sshpass|mongo|redis-cli",),
        pattern=r"(?i)\b(?:mysql[a-z]{0,10}|mariadb[a-z\-]{0,10})\b[^\r\n|;&\x0c]{0,200}? -p"
        r"(?P<v>[^\s\"'\-\x0c][^\s\"'\x0c]{2,100}|\"[^\"\r\n\x0c]{3,100}\"|'[^'\r\n\x0c]{3,100}')",
        check=_is_value,
        positives=("mysqldump -u root -p«{alnum:12}» shop > x.sql",),
        negatives=("mysql -u root -p shop",),
    ),
    Rule(
        name="command_line_password",
        type="secret.password",
        keywords=(
            r"sshpass|redis-cli|curl|docker|mongo|ldapsearch|--?pass|--token|--secret|--api-?key",
        ),
        pattern=r"(?i)(?:\bsshpass[ \t]+-p[ \t]{0,2}|\bredis-cli\b[^\r\n|;&\x0c]{0,100}? -a[ \t]+"
        r"|\bcurl\b[^\r\n|;&\x0c]{0,200}? (?:-u|--user)[ =]{1,2}[\"']?[^\s:\"'\x0c]{1,80}:"
        r"|\b(?:docker|podman|helm|az|oc) [^\r\n|;&\x0c]{0,30}login\b[^\r\n|;&\x0c]{0,120}? -p["
        r" \t]+"
        r"|\bldapsearch\b[^\r\n|;&\x0c]{0,200}? -w[ \t]+"
        r"|\bmongo[a-z]{0,8}\b[^\r\n|;&\x0c]{0,200}? -p[ \t]+"
        r"| --?(?:[a-z]{1,12}-){0,2}(?:password|passwd|pass|passphrase|token|secret|api-?key)["
        r" \t]+)"
        r"(?P<v>[^\s\"'\-$<\x0c][^\s\"'<>\x0c]{3,200}|\"[^\"\r\n\x0c]{4,100}\""
        r"|'[^'\r\n\x0c]{4,100}')",
        check=lambda hit: _is_value(hit) and entropy(hit.value) > 1.5,
        positives=(
            "sshpass -p «{alnum:12}» ssh root@box",
            "curl -s -u admin:«{alnum:16}» https://x",
            "deploy --password «{alnum:10}» --now",
            "docker login -u bot -p «{alnum:14}» hub.acme.dev",
        ),
        negatives=("curl -u $USER:$PASS https://x", "use --token <token> to log in"),
    ),
    Rule(
        name="password_in_prose",
        type="secret.password",
        keywords=("password|passwort|passcode|passphrase|credentials|pwd",),
        pattern=r"(?i)\b(?:password|passcode|passphrase|pwd|credentials?)"
        r"(?:[ \t]+(?:for|of|on|to)[ \t]+[^\s\x0c]{1,40}(?:[ \t]+[^\s\x0c]{1,40})?)?"
        r"[ \t]+(?:is|was|are|->|now|to be|set to|changed to):?[ \t]+(?:now[ \t]+)?[\"'`(]?"
        r"(?P<v>[^\s\"'`()<>\x0c]{5,100})",
        check=_is_prose_password,
        positives=(
            "the password is «{alnum:6}9x!» for now",
            "password for db was `«{alnum:8}77»`",
            "Password is: «{alpha:6}22x»",
        ),
        negatives=("the password is required", "password is incorrect, try again"),
    ),
    Rule(
        name="password_apart",
        type="secret.password",
        keywords=(r"(?:password|passwort|passwd|passphrase|passcode|pwd|pass)[ \t]+[^\s]{6}",),
        # Nothing but a blank between name and value: the value must look like a password.
        pattern=r"(?i)\b(?:password|passwort|passwd|passphrase|passcode|pwd|pass)[ \t]+[\"'`]?"
        r"(?P<v>[^\s\"'`()<>/~$%:=|&;{}\[\]\x0c\-][^\s\"'`()<>|;\x0c]{5,100})",
        check=_is_password_apart,
        positives=(
            "password\t«Winter{digit:4}!»",
            "passwd «Winter{digit:4}!x» and go",
            "user bob pwd «{alnum:7}Aa9!»",
        ),
        negatives=(
            "password SHA-256, password PBKDF2-SHA256, password Base64-encoded",
            "passwd -u Bob2 Bob2, /etc/passwd Foo-22",
            "password field2 name, password models.User2.objects, password Check2(x)",
            "boarding pass ABC123, first pass 2026-11-20T10:00Z",
            "def f(): pass  # Issue-42, or pass force_zip64 to it",
        ),
    ),
    Rule(
        name="docker_auth",
        type="secret.authorization",
        keywords=(r"[\"']?_?auth[\"']?[ \t]*[:=]",),
        pattern=r"(?i)[\"']?_?auth[\"']?[ \t]*[:=][ \t]*[\"']?(?P<v>[0-9A-Za-z+/]{12,}={0,2})",
        check=_holds_user_and_password,
        positives=('"auth": "«{basic}»"',),
        negatives=('"auth": "registry-token"',),
    ),
)
