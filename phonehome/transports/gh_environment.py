"""The environment gh runs in, and whether it holds a login.

Both read only what they are given. A token is passed on in the environment and nowhere else; it
is never asked of gh (`gh auth token` is not called).
"""

import re
from collections.abc import Mapping
from pathlib import Path

# What gh needs from ours. Everything else stays out: other programs' secrets, GITHUB_TOKEN (the
# operator's choice is GH_TOKEN), GH_HOST and GH_REPO (the target is ours to name), GH_DEBUG
# (prints bodies), GH_FORCE_TTY and CLICOLOR_FORCE (change the output), CI (changes the wording).
ALLOWED = (
    "PATH",
    "HOME",
    "TMPDIR",
    "GH_TOKEN",
    "GH_CONFIG_DIR",
    "XDG_CONFIG_HOME",
    # The operator's own login may sit in the desktop's keyring.
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    # How this machine reaches the internet.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
FIXED = {
    "GH_PROMPT_DISABLED": "1",
    "GH_NO_UPDATE_NOTIFIER": "1",
    "NO_COLOR": "1",
    "GH_PAGER": "cat",
}

_TOKEN_SHAPES = re.compile(
    r"gh[a-z]_[0-9A-Za-z_]+|github_pat_[0-9A-Za-z_]+"
    r"|(?i:(authorization: *(?:token|bearer|basic) +))\S+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def gh_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The allow-listed part of `environ` plus what keeps gh quiet and plain."""
    kept = {name: environ[name] for name in ALLOWED if environ.get(name)}
    return kept | FIXED


def scrub(text: str, environ: Mapping[str, str]) -> str:
    """`text` without the token in `environ` and without anything shaped like a credential."""
    token = environ.get("GH_TOKEN", "")
    if token:
        text = text.replace(token, "[token]")
    return _TOKEN_SHAPES.sub(lambda match: f"{match[1] or ''}[token]", text)


def has_login(environ: Mapping[str, str]) -> bool:
    """Whether gh would find a login for github.com, judged without running it or any network.

    True when GH_TOKEN is set, or when gh's hosts.yml names an account for github.com: with its
    token beside it, or (newer gh) with the token in the system's keyring. A token that GitHub
    has revoked still counts; only a request can tell.
    """
    if environ.get("GH_TOKEN"):
        return True
    folder = _config_folder(environ)
    if folder is None:
        return False
    try:
        text = (folder / "hosts.yml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return _names_account(text)


def _config_folder(environ: Mapping[str, str]) -> Path | None:
    """Where gh keeps its configuration (`gh help environment`, GH_CONFIG_DIR)."""
    if environ.get("GH_CONFIG_DIR"):
        return Path(environ["GH_CONFIG_DIR"])
    if environ.get("XDG_CONFIG_HOME"):
        return Path(environ["XDG_CONFIG_HOME"]) / "gh"
    if environ.get("HOME"):
        return Path(environ["HOME"]) / ".config" / "gh"
    return None


def _names_account(hosts_yml: str) -> bool:
    """Whether the `github.com:` block holds a non-empty `oauth_token:` or `user:`.

    gh writes the file itself, two levels of plain keys, so reading lines is enough.
    """
    inside = False
    for line in hosts_yml.splitlines():
        if line[:1] not in {"", " ", "\t", "#"}:
            inside = line.split("#")[0].strip() == "github.com:"
        elif inside:
            key, _, value = line.strip().partition(":")
            if key in {"oauth_token", "user"} and value.strip().strip("\"'"):
                return True
    return False
