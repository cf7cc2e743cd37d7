"""Values assigned to a name that promises a secret: env files, YAML, JSON, XML, code."""

from __future__ import annotations

from redaction.allow import entropy, is_stand_in, kinds_of_characters, without_name_marks
from redaction.types import Hit, Rule, compile_bytes

_PASSWORD_NAME = (
    r"(?:pass(?:wor[dt]|wd|phrase|code)|passwd|pwd|pswd|pgpassword|mysql_pwd|contrase\xf1a)"
)
_SECRET_NAME = (
    r"(?:secret|token|api[_.\- ]?key|apikey|access[_.\-]?key|private[_.\-]?key|account[_.\-]?key"
    r"|auth[_.\-]?key|signing[_.\-]?key|encryption[_.\-]?key|master[_.\-]?key|client[_.\-]?key"
    r"|app[_.\-]?key|key[_.\-]?data|shared[_.\-]?key|license[_.\-]?key|credentials?"
    r"|webhook[_.\-]?key"
    r"|ssh[_.\-]?key|deploy[_.\-]?key|service[_.\-]?key|salt|hmac|pat|jwt)"
)
# After the name: what closes it, and the sign that assigns.
_ASSIGN = r"[\"'\])]{0,2}[ \t]{0,8}(?::=|=>|:|={1,2})[ \t]{0,8}"
_VALUE = (
    r"(?:[bfru]?\"(?P<v_double>[^\"\r\n\x0c]+)|[bfru]?'(?P<v_single>[^'\r\n\x0c]+)"
    r"|(?P<v_bare>[^\s\"'`,;&<>(){}\[\]\x0c\\|][^\s\"'`,;<>(){}\[\]\x0c|]*))"
)
# A name that ends so describes the secret and does not hold it.
_DESCRIBES = compile_bytes(
    r"(?i)(?:type|name|id|ids|url|uri|endpoint|file|filename|path|dir|count|counts|limit|length|len"
    r"|size|ttl|age|expiry|expires|expires?_?(?:in|at|on)|expiration|policy|version|algorithm|alg"
    r"|format|field|header|param|prefix|suffix|min|max|usage|used|budget|rotation|enabled|required"
    r"|status|state|error|hint|label|ref|reset|class|validator|validators|hasher|hashers|issuer"
    r"|scope|scopes|source|store|manager|provider|service|key_?ref|secretname|is|strategy|at|by"
    r"|on)$"
)
_COUNTED = compile_bytes(
    r"(?i)(?:max|min|num|total|prompt|completion|input|output|next|prev|previous|page|continuation"
    r"|cursor|sync|cache|sort|stop|pad|eos|bos|unk|mask|sep|idempotency|public|foreign|primary"
    r"|partition|row|object|cache|lock|index|composite|dedup(?:e)?)[_.\- ]?(?:new[_.\-]?)?"
    r"(?:page[_.\-]?)?(?:tokens?|keys?)$"
)
_CODE = compile_bytes(r"^[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|->|::)[A-Za-z_][A-Za-z0-9_]*)+$")
_IDENTIFIER = compile_bytes(
    r"^(?:[a-z]+(?:[_\-][a-z]+)*|[A-Z]+(?:_[A-Z]+)*|[a-z]+(?:[A-Z][a-z]+)+)$"
)
_TIME_OR_NUMBER = compile_bytes(
    r"^[0-9]{1,4}(?:[-:./T][0-9:.Z+]+)*$|^[0-9]+(?:\.[0-9]+)?[a-z%]{0,3}$"
)


def _is_bad_name(name: str) -> bool:
    data = name.rstrip("\"'").encode("latin-1")
    return bool(_DESCRIBES.search(data) or _COUNTED.search(data))


def _is_code(hit: Hit, value: str) -> bool:
    """A bare word that a program would read as a name, a call or an index."""
    if hit.group("v_bare") is None:
        return False
    if hit.after(1) in ("(", "[", "{"):
        return True
    return bool(_CODE.search(value.encode("latin-1")))


def _is_password(hit: Hit) -> bool:
    """Passwords may be words, so only what cannot be one is passed over."""
    value, name = hit.value, (hit.group("name") or "").lower()
    if len(value) < 4 or is_stand_in(value) or _is_bad_name(name) or _is_code(hit, value):
        return False
    lowered = value.lower()
    if lowered in name or ("password" in lowered and _IDENTIFIER.search(value.encode("latin-1"))):
        return False
    if (name.endswith("pwd") and value[:1] in "/~") or "\\" in value[1:3]:
        return False  # the working directory
    if hit.data[max(0, hit.whole_start - 2) : hit.whole_start] == b", " and _is_bare_word(hit):
        return False  # `user, password = auth`
    if _TIME_OR_NUMBER.search(value.encode("latin-1")):
        return len(value) >= 6 and value.isdigit()
    if hit.group("v_bare") is not None and _reads_on(hit):
        # A capitalised word or one in another script is prose as well.
        return not (value.isalpha() or _IDENTIFIER.search(value.encode("latin-1")))
    return True


def _is_bare_word(hit: Hit) -> bool:
    return hit.group("v_bare") is not None and bool(_IDENTIFIER.search(hit.value.encode("latin-1")))


def _reads_on(hit: Hit) -> bool:
    """Whether words follow on the same line, as in prose: `password: please choose one`."""
    after = hit.after(2)
    return len(after) == 2 and after[0] == " " and after[1].isalpha()


def _is_secret(hit: Hit) -> bool:
    """Tokens are random: an entropy floor keeps names, counters and code out."""
    value, name = hit.value, (hit.group("name") or "").lower()
    if len(value) < 8 or is_stand_in(value) or _is_bad_name(name) or _is_code(hit, value):
        return False
    data = value.encode("latin-1")
    exported = hit.data[max(0, hit.whole_start - 7) : hit.whole_start].lower() == b"export "
    if not exported and _IDENTIFIER.search(data):
        return False
    if _TIME_OR_NUMBER.search(data) or value[:1] in "/.~":
        return False
    if " " in value.strip() or "://" in value:
        return False
    if exported:
        return True  # a shell exports values; in code the same words would be a variable
    if not any(c.isdigit() for c in value):
        return len(value) >= 20 and entropy(value) > 3.8
    return entropy(value) > (2.6 if len(value) < 16 else 3.0)


def _is_short_name_password(hit: Hit) -> bool:
    """`pass` is a verb, a keyword and a test's result too: its value must mix characters."""
    value = hit.value
    before = hit.data[max(0, hit.whole_start - 1) : hit.whole_start]
    if before in (b"-", b".", b"_") or not _is_password(hit):
        return False
    if hit.group("v_bare") is not None and "=" not in (hit.group("sign") or ""):
        # `PASS: test_foo_1` reports a test.
        return kinds_of_characters(without_name_marks(value)) >= 3 and any(
            c.isdigit() for c in value
        )
    letters = any(c.isalpha() for c in value)
    return len(value) >= 6 and letters and kinds_of_characters(value.strip(".,")) >= 2


def _assigned(name: str, sign: str = _ASSIGN) -> str:
    return rf"(?i)(?P<name>[A-Za-z0-9_.\-]*{name}[A-Za-z0-9_.\-]*){sign}{_VALUE}"


RULES: tuple[Rule, ...] = (
    Rule(
        name="assigned_password",
        type="secret.password",
        keywords=("passw|passph|passcode|pwd|pswd|_pass|contrase",),
        pattern=_assigned(rf"(?:{_PASSWORD_NAME}|_pass)"),
        check=_is_password,
        positives=(
            "DB_PASSWORD=«{alnum:9}»",
            'password: "«correct horse {alnum:5}»"',
            "spring.datasource.password = «{alpha:5}»",
            "Server=x;User Id=sa;Password=«{alnum:6}!»;Encrypt=yes",
            "PGPASSWORD=«{alnum:8}» psql -h x",
            "{'password': '«{alnum:8}#1»'}",
            r"{\"password\":\"«{alnum:8}!»\"}",
        ),
        negatives=(
            "password = request.POST['password']",
            "password=os.environ['PW']",
            "PASSWORD_MIN_LENGTH=12",
            "password: <redacted>",
            "password: string;",
            "PWD=/srv",
            "password: please choose another",
            "password is required; Password required; the password was wrong",
            "password=${DB_PASSWORD}",
            "set_password(password=password)",
            "new_password = form.cleaned_data.get('x')",
        ),
    ),
    Rule(
        name="assigned_pass",
        type="secret.password",
        keywords=(r"\bpass[\"'\])]{0,2}[ \t]*[:=]",),
        pattern=rf"(?i)\b(?P<name>pass)(?P<sign>{_ASSIGN}){_VALUE}",
        check=_is_short_name_password,
        positives=(
            "pass=«Winter{digit:4}!» on it",
            "{'user': 'x', 'pass': '«winter{digit:3}»'}",
            "pass: «Winter{digit:4}!»",
        ),
        negatives=(
            "pass=true pass=False pass=12 pass=95% pass=3/5",
            "PASS: test_foo_1 pass: 12, fail: 3",
            "first pass: 3.2s, pass=self.x1, pass=load(1), pass=x1[0]",
            "try: pass\nexcept E1: pass\nelse: pass",
            "two-pass=Alpha1 compass=North1a bypass=True1x",
        ),
    ),
    Rule(
        name="assigned_secret",
        type="secret.assigned",
        keywords=(
            (
                r"secret|token|(?:api|access|private|account|auth|signing|encryption|master|client|app"
                r"|shared|license|webhook|ssh|deploy|service)[_.\- ]?key|key[_.\-]?data|credential"
                r"|salt|hmac|_pat\b|jwt"
            ),
        ),
        pattern=_assigned(_SECRET_NAME),
        check=_is_secret,
        positives=(
            "SECRET_KEY='«{alnum:50}»'",
            "api_key: «{hex:32}»",
            '"clientSecret": "«{alnum:24}»",',
            "aws_secret_access_key = «{b64:40}»",
            "AZURE_ACCOUNT_KEY=«{b64:86}==»",
            "//registry.acme.dev/:_authToken=«{alnum:36}»",
            "export SECRET_KEY=«{alpha:12}»",
            "'token': '«{alnum:20}»', \"token\": \"«{alnum:20}»\"",
            r"\"token\":\"«{alnum:20}»\"",
        ),
        negatives=(
            "max_tokens: 4096",
            "next_page_token: eyBhc2RmYXNkZg12",
            "token = get_token()",
            "token_type: bearer",
            "secret_name: my-app-secret",
            "api_key=YOUR_API_KEY",
            "token: str = None",
            "self.token = settings.API_TOKEN",
            "tokenizer: bert-base-uncased",
            "token: see docs; the token expired",
            "access_key = args.access_key_1",
        ),
    ),
    Rule(
        name="xml_secret",
        type="secret.assigned",
        keywords=(r"(?:password|passwd|secret|token|key)>",),
        pattern=r"(?i)<(?P<name>[a-z_.:\-]*(?:password|passwd|secret|token|api_?key|privatekey))>"
        r"(?P<v>[^<>\r\n\x0c]{4,})</",
        check=lambda hit: not is_stand_in(hit.value),
        positives=(
            "<password>«{alnum:10}»</password>",
            "<api_key>«{hex:32}»</api_key>",
        ),
        negatives=("<password>${env.PW}</password>",),
    ),
    Rule(
        name="named_value_pair",
        type="secret.assigned",
        keywords=(
            (
                r"[\"']?(?:name|key)[\"']?[ \t]*[:=][ \t]*[\"']?[a-z0-9_.\-]*"
                r"(?:password|passwd|secret|token|_key|apikey)"
            ),
        ),
        pattern=r"(?i)[\"']?(?:name|key)[\"']?[ \t]*[:=][ \t]*[\"']?"
        r"(?P<name>[a-z0-9_.\-]*(?:password|passwd|secret|token|_key"
        r"|apikey)[a-z0-9_.\-]*)[\"']?,?[ \t\r\n]+"
        r"[\"']?value[\"']?[ \t]*[:=][ \t]*[\"']?(?P<v>[^\s\"'<>{}\x0c]{4,})",
        check=lambda hit: not is_stand_in(hit.value) and not _is_bad_name(hit.group("name") or ""),
        positives=('- name: DB_PASSWORD\n  value: "«{alnum:10}»"',),
        negatives=("- name: DB_PASSWORD\n  value: $(FROM_VAULT)",),
    ),
)
