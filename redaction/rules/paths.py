"""Absolute paths, and the user names in home folders."""

from __future__ import annotations

from redaction.allow import words
from redaction.rules.people import is_account_of_a_person
from redaction.types import Hit, Rule, compile_bytes

_PART = r"[^\s/\\:\"'`<>|*?;,(){}\[\]=\x0c]"
_TAIL = rf"(?:/+{_PART}+)*/?"
# Roots that only a file system has; routes of an HTTP interface seldom begin with them.
_ROOTS = (
    r"(?:var|opt|srv|mnt|media|data|tmp|etc|app|apps|workspace|workspaces|usr/local|usr/src"
    r"|private|Volumes"
    r"|build|builds|code|nfs|export|exports|storage|backup|backups|vault|secrets|deploy|mount"
    r"|share|volume"
    r"|Library|Applications|cygdrive|wsl|run/user|run/secrets|projects|repos|repo|www|scratch|efs"
    r"|gpfs)"
)
# Where a public library begins inside an installation: what follows is public and worth reading.
_LIBRARY = compile_bytes(r"[/\\](?:site-packages|dist-packages|node_modules|gems)[/\\]")
_STANDARD = compile_bytes(
    r"^/(?:etc/(?:hosts|passwd|group|shadow|resolv\.conf|fstab|os-release|localtime"
    r"|nsswitch\.conf|sudoers"
    r"|crontab|environment|profile|machine-id|xdg|zoneinfo|ssh/sshd_config|nginx/nginx\.conf"
    r"|my\.cnf|ssl/certs.*|systemd/system/?)"
    r"|var/(?:log|run|lib|tmp|cache|www|spool)(?:/(?:syslog|messages|auth\.log|docker\.sock"
    r"|postgresql"
    r"|nginx|journal|apt|dpkg|kern\.log|nginx/(?:access|error)\.log|docker))?"
    r"|usr/local/(?:bin|sbin|lib|share|include)(?:/(?:python[0-9.]*|pip|node|npm"
    r"|docker-entrypoint\.sh|ruby"
    r"|go|java))?(?:/python3.*|/node_modules.*)?|usr/src/app|tmp|app|data|opt|srv|mnt|var|etc)/?$"
)
_STANDARD_WINDOWS = compile_bytes(
    r"(?i)^[a-z]:[\\/]+(?:(?:users|windows|programdata|program|program files(?: \(x86\))?"
    r"|documents and settings|temp)(?:[\\/]+(?:system32|public|temp|default)?)?)?$"
    r"|^c:[\\/]+windows[\\/]"
)


# Folders of source trees that happen to lie in a folder called home or Users.
_SOURCE_FOLDERS = words(
    "index templates static views components component pages page src lib assets styles images css"
    " js tests migrations modules models model controllers controller services service routes api"
    " hooks utils types layout layouts partials list detail create edit new settings profile"
    " dashboard office work"
)
_LOOPBACK = compile_bytes(r"(?i)^(?:[^@/]*@)?(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::|$)")


def _is_start(hit: Hit) -> bool:
    # A wall stands for a host that was removed: what follows it is the path of a link.
    before = hit.before(1)
    return not (before.isalnum() or before in ("/", "_", ".", "}", "~", "\xff", "%", "\x0c"))


def _before_library(value: str) -> int:
    """The length of the part that tells about the installation: `/home/a/.venv/lib/python3.11`."""
    found = list(_LIBRARY.finditer(value.encode("latin-1")))
    return found[-1].start() if found and found[-1].start() else len(value)


def _is_path(hit: Hit) -> bool:
    if not _is_start(hit) or _STANDARD.search(hit.value.encode("latin-1")):
        return False
    # `GET /data/x` is a route, `://host/app/x` a link.
    words = hit.before(12).rstrip("\"'").upper()
    if words.endswith(("GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ", "OPTIONS ")):
        return False
    return hit.value.strip("/").count("/") >= 1


def _is_file(hit: Hit) -> bool:
    words = hit.before(12).rstrip("\"'").upper()
    if not _is_start(hit) or words.endswith(
        ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ")
    ):
        return False
    value = hit.value
    if value.startswith(
        ("/usr/", "/lib/", "/bin/", "/proc/", "/sys/", "/dev/", "/home/", "/Users/")
    ):
        return False
    return not _STANDARD.search(value.encode("latin-1")) and not _LIBRARY.search(
        value.encode("latin-1")
    )


def _is_home(hit: Hit) -> bool:
    return _is_start(hit) and is_account_of_a_person(hit.group("user") or "")


def _is_home_in_link(hit: Hit) -> bool:
    """The path of a link is a file's where the scheme says so, or the server is this machine."""
    scheme, host = (hit.group("scheme") or "").lower(), hit.group("host") or ""
    user = hit.group("user") or ""
    if scheme in ("http", "https", "ws", "wss"):
        goes_on = "/" in hit.value.rstrip("/").rpartition(user)[2]
        if not goes_on or not _LOOPBACK.search(host.encode("latin-1")):
            return False
    return is_account_of_a_person(user)


def _is_relative_home(hit: Hit) -> bool:
    before = hit.before(1)
    if before.isalnum() or before in ("/", "\\", "_", "-", ".", "~", "@", "%", "$", "}", "\x0c"):
        return False
    if before == ":" and hit.group("user_far"):
        return False  # a link, which `home_in_link` judges
    found = (hit.group(name) for name in ("user", "user_up", "user_back", "user_bare", "user_far"))
    user = next((name for name in found if name), "").lower()
    return is_account_of_a_person(user) and user.partition(".")[0] not in _SOURCE_FOLDERS


def _is_windows_path(hit: Hit) -> bool:
    if _STANDARD_WINDOWS.search(hit.value.encode("latin-1")) or hit.before(1).isalnum():
        return False
    if len(hit.value) == 4 and hit.value[2] == "\\" and hit.value[3] in "nrt":
        return False  # an escaped line end behind a colon, as in `class C:\n`
    return hit.value.count("\\") + hit.value.count("/") >= 1


RULES: tuple[Rule, ...] = (
    Rule(
        name="home_path",
        type="env.user_path",
        keywords=("/home/|/users/|/export/home/|/var/home/",),
        # Up to the folder of a public library, whose own files stay readable.
        pattern=r"(?:/(?:export|var|mnt/[a-z]|cygdrive/[a-z]|[a-z]))?/(?:home|Users)/+"
        rf"(?P<user>{_PART}+){_TAIL}",
        severity="medium",
        check=_is_home,
        trim=_before_library,
        positives=(
            'File "«/home/alice/app/main.py»", line 3',
            "open «/Users/maria.lopez/notes.txt»",
            "in «/home/bob»",
            "«/home/ada/.venv/lib/python3.11»/site-packages/django/db.py",
        ),
        negatives=("/home/user/app", "https://acme.example.com/home/index", "/users/"),
    ),
    Rule(
        name="home_in_link",
        type="env.user_path",
        keywords=("/home/|/users/",),
        pattern=r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{1,24}):/{1,3}(?P<host>[^\s/\"'<>?#\x0c]*)"
        rf"(?P<v>(?:/+{_PART}+){{0,3}}?/+(?:home|Users)/+(?P<user>{_PART}+){_TAIL})",
        severity="medium",
        check=_is_home_in_link,
        trim=_before_library,
        positives=(
            "open file://«/home/bob/x» and file://localhost«/Users/bob/x»",
            "vscode://file«//home/ada/x», vscode://file«/home/bob/x», vscode-remote://ssh-remote+h«/home/bob»",
            "http://localhost:8000«/home/bob/x» or https://[::1]:80«/Users/bob/x»",
        ),
        negatives=(
            "https://www.example.com/home/bob/x",
            "http://localhost/home/index",
            "file:///home/user/x",
        ),
    ),
    Rule(
        name="relative_home",
        type="env.user_path",
        keywords=(r"(?:home|users)[/\\]",),
        # Without the first slash (an archive's list), on another machine (`//host/home/bob`), or
        # without the drive.
        pattern=rf"(?:(?:\.{{1,2}}/)+(?:home|Users)/+(?P<user_up>{_PART}+)(?:/+{_PART}+)+/?"
        rf"|//[A-Za-z0-9][A-Za-z0-9.\-]*(?:/+{_PART}+){{0,3}}?/+(?:home|Users)/+"
        rf"(?P<user_far>{_PART}+){_TAIL}"
        rf"|(?:home|Users)/+(?P<user>{_PART}+)(?:/+{_PART}+)+/?"
        rf"|(?:\.{{1,2}}\\+)*\\*(?i:home|users)\\+(?P<user_bare>{_PART}+)(?:\\+{_PART}+)+\\*"
        rf"|(?:(?:\.{{1,2}}\\+)+|\\+)(?i:home|users)\\+(?P<user_back>{_PART}+)\\*)",
        severity="medium",
        check=_is_relative_home,
        trim=_before_library,
        positives=(
            "tar: «home/bob/x.py»: gone, «./home/bob/x.py» too",
            r"in «\Users\bob\x» of it",
            r"«..\..\Users\bob», «.\Users\bob\x», «users\bob\x»",
            "mount «//fs01/home/bob/x»",
        ),
        negatives=(
            "https://www.example.com/home/bob/x",
            "home/templates/home.html",
            "Users/views/x",
            "the home/work balance",
            r"App\Users\Models\Group",
            r"\Users\Controllers",
        ),
    ),
    Rule(
        name="tilde_home",
        type="env.user_path",
        keywords=(r"~[a-z][a-z0-9_\-]+/",),
        pattern=rf"~(?P<user>[a-z][a-z0-9_\-]+){_TAIL}",
        severity="medium",
        check=lambda hit: (
            _is_start(hit)
            and hit.value.count("/") > 0
            and is_account_of_a_person(hit.group("user") or "")
        ),
        positives=("cd «~alice/src»",),
        negatives=("cd ~/src", "1.0~rc1/x"),
    ),
    Rule(
        name="unix_path",
        type="env.path",
        keywords=(rf"/(?:{_ROOTS}|root)/",),
        pattern=rf"/(?:{_ROOTS}|root)/{_PART}+{_TAIL}",
        severity="low",
        check=_is_path,
        trim=_before_library,
        positives=(
            "read «/opt/acme/billing/config.yaml» failed",
            "cwd=«/srv/shop/current»",
        ),
        negatives=(
            "GET /data/items/4",
            "see /etc/hosts",
            "https://x.example.com/app/login",
            "/api/v1/signals",
        ),
    ),
    Rule(
        name="unix_file",
        type="env.path",
        keywords=(
            (
                r"/[^\s/]+\.(?:py|rb|js|ts|go|rs|java|php|c|cc|cpp|h|sh|conf|cfg|ini|yaml|yml|toml"
                r"|env|log|sql"
                r"|db|sqlite3?|pem|key|crt|csv|xlsx|pdf|zip|gz|bak|dump|service|sock)\b"
            ),
        ),
        pattern=rf"/{_PART}+(?:/+{_PART}+)*/{_PART}*\.(?:py|rb|js|ts|go|rs|java|php|c|cc|cpp|h|sh"
        rf"|conf|cfg|ini|yaml"
        r"|yml|toml|env|log|sql|db|sqlite3?|pem|key|crt|csv|xlsx|pdf|zip|gz|bak|dump|service"
        r"|sock)\b",
        severity="low",
        check=_is_file,
        positives=("include «/acme/prod/settings.py»",),
        negatives=(
            'File "/usr/lib/python3.11/json/decoder.py", line 337',
            "GET /static/app.js",
        ),
    ),
    Rule(
        name="windows_path",
        type="env.path",
        keywords=(r"\b[a-z]:[\\/]",),
        pattern=r"\b[A-Za-z]:(?:\\+|/)(?:[^\\/:*?\"'<>|\r\n\t \x0c,;()\[\]]+(?:"
        r" [^\\/:*?\"'<>|\r\n\t \x0c,;()\[\]]+){0,3}(?:\\+|/))*"
        r"[^\\/:*?\"'<>|\s\x0c,;()\[\]]*",
        severity="low",
        check=_is_windows_path,
        trim=_before_library,
        positives=(
            r"at «C:\Users\Jane Doe\src\app.cs»:line 4",
            r"«D:\acme\data\x.mdb» locked",
            r'"«C:\\Users\\bob\\x»"',
        ),
        negatives=("http://x", "key:/value"),
    ),
    Rule(
        name="network_share",
        type="env.path",
        keywords=(r"\\\\[a-z0-9?.]",),
        pattern=r"\\\\(?:[?.]\\+UNC\\+)?[A-Za-z0-9][A-Za-z0-9.$_\-]+\\+[A-Za-z0-9$_.\-]+(?:\\+[^\\/:*?\"'<>|\s\x0c,;()]+)*",
        severity="low",
        check=lambda hit: hit.before(1) not in ("\\", ":", "{") and not hit.before(1).isalnum(),
        positives=(
            r"map «\\fileserver\finance$\2026»",
            r"«\\wsl$\Ubuntu\home\bob\x» «\\?\UNC\fs01\share\bob»",
        ),
        negatives=(r"\\n", r"a\\b\\c", r"{\\f0\\fmodern", r"class C:\n"),
    ),
)
