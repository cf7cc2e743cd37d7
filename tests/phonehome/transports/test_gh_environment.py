"""What gh is given, what it is not, and that no token shows anywhere."""

import json
import os
import pickle
import secrets
import sys
from pathlib import Path
from typing import Any

import pytest

from phonehome.transports.base import Retry, TransportError
from phonehome.transports.gh import GhTransport, gh_login_state
from phonehome.transports.gh_environment import ALLOWED, FIXED
from tests.phonehome.transports.drafts import draft, new_marker
from tests.phonehome.transports.fakes import FakeGh, MakeGh
from tests.standins.github import DEFAULT_REPO

# Writes down what it was started with. The URL lets the create succeed.
RECORDER = f"""exec '{sys.executable}' - "$@" <<'SCRIPT'
import json, os, sys
seen = dict(argv=sys.argv[1:], environ=dict(os.environ), cwd=os.getcwd())
folder = os.path.dirname(os.path.dirname(os.environ["PATH"].split(":")[0] + "/gh"))
open(folder + "/seen.json", "w").write(json.dumps(seen))
print("https://github.com/FrankTewksbury/Prism/issues/1")
SCRIPT"""

NOT_FOR_GH = (
    "GH_DEBUG",
    "DEBUG",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GH_HOST",
    "GH_REPO",
    "GH_FORCE_TTY",
    "CLICOLOR_FORCE",
    "GH_EDITOR",
    "GH_BROWSER",
    "CI",
    "SECRET_KEY",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "AWS_SECRET_ACCESS_KEY",
    "LD_PRELOAD",
    "PYTHONPATH",
)


def seen_by(fake: FakeGh) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads((fake.folder / "seen.json").read_text())
    return seen


def random_token() -> str:
    return "ghp_" + secrets.token_hex(18)


def test_environment_is_built_from_an_allow_list(fake_gh: MakeGh) -> None:
    fake = fake_gh(RECORDER)
    ours = {name: f"value of {name}" for name in ALLOWED if name != "PATH"}
    hostile = dict.fromkeys(NOT_FOR_GH, "1")
    overruled = dict.fromkeys(FIXED, "something else")

    GhTransport(environ=hostile | ours | overruled | {"PATH": fake.environ["PATH"]}).create(draft())

    environ = seen_by(fake)["environ"]
    # Added by the shell and the interpreter of the recording script itself.
    for name in ("PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"):
        environ.pop(name, None)
    assert environ == ours | FIXED | {"PATH": fake.environ["PATH"]}


def test_empty_variables_are_not_passed_on(fake_gh: MakeGh) -> None:
    fake = fake_gh(RECORDER)

    GhTransport(environ=fake.environ | {"GH_CONFIG_DIR": "", "HTTPS_PROXY": ""}).create(draft())

    environ = seen_by(fake)["environ"]
    assert not {"GH_CONFIG_DIR", "HTTPS_PROXY"} & environ.keys()


def test_command_line(fake_gh: MakeGh) -> None:
    fake = fake_gh(RECORDER)
    token = random_token()
    given = draft(title="-t", labels=("a", "b c"))

    GhTransport(environ=fake.environ | {"GH_TOKEN": token}).create(given)

    seen = seen_by(fake)
    assert seen["argv"] == [
        "issue",
        "create",
        "--repo=github.com/FrankTewksbury/Prism",
        "--title=-t",
        "--body-file=-",
        "--label=a",
        "--label=b c",
    ]
    assert seen["cwd"] == "/"  # no project's own git settings apply
    assert seen["environ"]["GH_TOKEN"] == token


def test_given_path_wins_over_the_search_path(fake_gh: MakeGh) -> None:
    fake = fake_gh("cat > /dev/null; echo https://github.com/FrankTewksbury/Prism/issues/3")
    elsewhere = {"PATH": os.environ["PATH"], "GH_TOKEN": "x"}

    assert GhTransport(str(fake.path), environ=elsewhere).create(draft()).number == 3


CALLS = {
    "create": lambda transport: transport.create(draft()),
    "preflight": lambda transport: transport.preflight(DEFAULT_REPO),
    "find": lambda transport: transport.find_by_marker(DEFAULT_REPO, new_marker()),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", [0, 1])
def test_token_never_shows_in_an_error(fake_gh: MakeGh, call: str, code: int) -> None:
    fake = fake_gh(
        'echo "$GH_TOKEN"; echo "Authorization: token $GH_TOKEN" >&2\n'
        f'echo "http://user:$GH_TOKEN@proxy" >&2; echo "other {"ghs_" + "A1" * 18}" >&2\n'
        f"exit {code}"
    )
    token = secrets.token_hex(20)  # not of a known shape

    with pytest.raises(TransportError) as caught:
        CALLS[call](GhTransport(environ=fake.environ | {"GH_TOKEN": token}))

    shown: BaseException | None = caught.value
    while shown is not None:
        assert token not in repr(shown) + str(shown) + repr(vars(shown))
        shown = shown.__cause__ or shown.__context__
    assert token.encode() not in pickle.dumps(caught.value)
    assert "A1A1" not in caught.value.detail


def test_a_list_of_labels_that_cannot_be_read_is_left_to_gh(fake_gh: MakeGh) -> None:
    """gh looks each label up itself before it creates anything (test_gh_errors: label missing)."""
    fake = fake_gh("exit 0")

    assert GhTransport(environ=fake.environ).ensure_labels(DEFAULT_REPO, ("a",)) is None


BAD_REPOS = [
    "",
    "name",
    "o/",
    "/n",
    "o/n/x",
    "github.com/o/n",
    "https://github.com/o/n",
    "git@github.com:o/n",
    "-o/n",
    "--web/n",
    "o/..",
    "o/.",
    "o/n?x=1",
    "o/n#x",
    "o/n\n",
    " o/n",
    "o/n n",
    "ö/n",
    "o/n%2f..",
    "o_/n",
    "o__o/n",
    "o" * 41 + "/n",
    "o/" + "n" * 101,
]


@pytest.mark.parametrize("repo", BAD_REPOS)
def test_only_owner_and_name_make_a_repository(fake_gh: MakeGh, repo: str) -> None:
    fake = fake_gh(RECORDER)
    transport = GhTransport(environ=fake.environ)

    for call in (
        lambda: transport.create(draft(repo=repo)),
        lambda: transport.preflight(repo),
        lambda: transport.ensure_labels(repo, ()),
        lambda: transport.find_by_marker(repo, new_marker()),
    ):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.retry is Retry.NEEDS_FIX
    assert not (fake.folder / "seen.json").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "  "},
        {"title": "x" * 257},
        {"title": "two\nlines"},
        {"title": "nul\x00"},
        {"title": "\ud800"},
        {"body": "x" * 65_536},
        {"body": "nul\x00"},
        {"body": "\udfff"},
        {"marker": "prism-care:packet:other"},
    ],
    ids=str,
)
def test_draft_that_could_not_be_filed_as_it_is(fake_gh: MakeGh, changes: dict[str, str]) -> None:
    fake = fake_gh(RECORDER)

    with pytest.raises(TransportError) as caught:
        GhTransport(environ=fake.environ).create(draft(**changes))  # type: ignore[arg-type]

    assert caught.value.retry is Retry.NEEDS_FIX
    assert not (fake.folder / "seen.json").exists()


def test_body_without_its_marker_is_refused(fake_gh: MakeGh) -> None:
    fake = fake_gh(RECORDER)
    given = draft()
    other = type(given)(given.repo, given.title, "no marker", given.labels, given.marker)

    with pytest.raises(TransportError):
        GhTransport(environ=fake.environ).create(other)

    assert not (fake.folder / "seen.json").exists()


HOSTS = [
    ("github.com:\n    oauth_token: abc\n    user: someone\n", "ok"),
    ("github.com:\n    user: someone\n    git_protocol: https\n", "ok"),  # token in the keyring
    ("github.com:\n    users:\n        someone:\n    user: someone\n", "ok"),
    ("other.example:\n    oauth_token: abc\ngithub.com:\n    oauth_token: abc\n", "ok"),
    ("other.example:\n    oauth_token: abc\n    user: someone\n", "not_logged_in"),
    ("github.com:\n    git_protocol: https\nother.example:\n    user: x\n", "not_logged_in"),
    ('github.com:\n    oauth_token: ""\n', "not_logged_in"),
    ("", "not_logged_in"),
    ("\x00\xff: [", "not_logged_in"),
]


@pytest.mark.parametrize(("hosts", "state"), HOSTS)
@pytest.mark.parametrize("where", ["GH_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME"])
def test_login_state(fake_gh: MakeGh, tmp_path: Path, hosts: str, state: str, where: str) -> None:
    fake = fake_gh('echo ran > "$out/ran"')
    below = {"GH_CONFIG_DIR": "", "XDG_CONFIG_HOME": "gh", "HOME": ".config/gh"}[where]
    folder = tmp_path / "config" / below
    folder.mkdir(parents=True)
    (folder / "hosts.yml").write_text(hosts)
    environ = {"PATH": fake.environ["PATH"], where: str(tmp_path / "config")}

    assert gh_login_state(environ=environ) == state
    assert not (fake.folder / "ran").exists()


def test_login_state_with_a_token_or_with_nothing(fake_gh: MakeGh, tmp_path: Path) -> None:
    fake = fake_gh("exit 1")
    path = {"PATH": fake.environ["PATH"]}

    assert gh_login_state(environ=path | {"GH_TOKEN": "x"}) == "ok"
    assert gh_login_state(environ=path | {"GH_TOKEN": ""}) == "not_logged_in"
    assert gh_login_state(environ=path | {"GITHUB_TOKEN": "x"}) == "not_logged_in"
    assert gh_login_state(environ=path | {"HOME": str(tmp_path)}) == "not_logged_in"
    assert gh_login_state(environ={"PATH": str(tmp_path), "GH_TOKEN": "x"}) == "missing"
    assert gh_login_state(str(fake.path), {"GH_TOKEN": "x"}) == "ok"
    assert gh_login_state(str(tmp_path / "none"), path | {"GH_TOKEN": "x"}) == "missing"
