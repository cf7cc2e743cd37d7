"""The commands that outside checks and operators use (issue 2 §Fixed names)."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access.models import AgentKey, Persona, Project, User
from access.services.authenticate_operator import authenticate_operator
from kernel.ledger import LedgerEntry
from tests.cast import PASSWORD, Agent, Cast

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r"prc_[a-z0-9]{12}_[0-9a-f]{64}\n")


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
class TestInThisProcess:
    def test_seed_care_makes_the_desk_and_is_safe_to_repeat(self) -> None:
        first = run("seed_care", "--home", "PID-PGR01")
        assert first == "default: home PID-PGR01, Sage (bridge), Clara (bridge), ET (project)\n"
        assert run("seed_care", "--home", "PID-PGR01") == first
        assert Persona.objects.count() == 3

    def test_project_create_is_safe_to_repeat(self) -> None:
        assert run("project", "create", "PID-NEW01") == "PID-NEW01 (default): created\n"
        assert run("project", "create", "PID-NEW01") == "PID-NEW01 (default): exists\n"
        run("project", "create", "PID-NEW01", "--tenant", "other")
        assert Project.objects.filter(pid="PID-NEW01").count() == 2

    def test_agent_key_create_prints_the_key_and_nothing_else(self, cast: Cast) -> None:
        out = run("agent_key", "create", "--pid", "PID-DPA01", "--identity", "Ruby")
        assert TOKEN.fullmatch(out)
        ruby = Agent(Persona.objects.get(identity="Ruby"), out.strip())
        assert ruby.get("roster").status_code == 200

    def test_agent_key_create_for_a_persona_that_exists(self, cast: Cast) -> None:
        out = run("agent_key", "create", "--pid", "PID-PGR01", "--identity", "clara")
        clara = Agent(cast.clara.persona, out.strip())
        assert clara.get("phone-home/records").status_code == 200
        assert Persona.objects.filter(project=cast.home).count() == 3

    def test_agent_key_create_with_scopes_and_days(self, cast: Cast) -> None:
        options = ("--scope", "redaction", "--days", "1")
        run("agent_key", "create", "--pid", "PID-DPA01", "--identity", "Ruby", *options)
        key = AgentKey.objects.get(persona__identity="Ruby")
        assert key.scopes == ["redaction"]
        assert (key.expires_at - key.created_at).days in (0, 1)

    def test_agent_key_revoke(self, cast: Cast) -> None:
        key_id = cast.jade.token.split("_")[1]
        assert run("agent_key", "revoke", key_id, "--reason", "lost") == f"{key_id}: revoked\n"
        assert cast.jade.get("roster").status_code == 401

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["seed_care", "--home", "no PID"], "invalid_request"),
            (["seed_care", "--home", "PID-DPA01"], "home_project_conflict"),
            (["seed_care", "--home", "PID-PGR01", "--tenant", "a b"], "invalid_request"),
            (["project", "create", "no PID"], "invalid_request"),
            (["project", "create", "PID-A01", "--tenant", "x" * 99], "invalid_request"),
            (["project", "create", "PID-A01", "--name", "x" * 999], "invalid_request"),
            (["agent_key", "create", "--pid", "PID-NO01", "--identity", "A"], "project_unknown"),
            (["agent_key", "create", "--pid", "PID-DPA01", "--identity", "*"], "invalid_request"),
            (
                ["agent_key", "create", "--pid", "PID-DPA01", "--identity", "Sage"],
                "persona_name_reserved",
            ),
            (
                ["agent_key", "create", "--pid", "PID-DPA01", "--identity", "A", "--days", "0"],
                "invalid_request",
            ),
            (["agent_key", "revoke", "nosuchkey", "--reason", "x"], "not_found"),
        ],
    )
    def test_a_refusal_is_a_sentence_and_a_fact(
        self, cast: Cast, arguments: list[str], code: str
    ) -> None:
        before = (Project.objects.count(), Persona.objects.count(), AgentKey.objects.count())
        with pytest.raises(CommandError, match=rf"^{code}: .+\n(.|\n)*Next: "):
            run(*arguments)
        after = (Project.objects.count(), Persona.objects.count(), AgentKey.objects.count())
        assert after == before
        assert LedgerEntry.objects.filter(action=f"refused.{code}").exists()

    @pytest.mark.parametrize(
        "arguments",
        [
            ["project", "create", "PID-A01", "--name", "\udcff"],
            ["agent_key", "create", "--pid", "\udcff", "--identity", "A"],
            ["agent_key", "create", "--pid", "PID-DPA01", "--identity", "A", "--tenant", "\udcff"],
            ["agent_key", "revoke", "\udcff", "--reason", "x"],
        ],
    )
    def test_bytes_that_are_no_text(self, cast: Cast, arguments: list[str]) -> None:
        with pytest.raises(CommandError):
            run(*arguments)

    def test_a_pid_of_two_tenants_needs_the_tenant(self, cast: Cast, stranger: Cast) -> None:
        arguments = ("agent_key", "create", "--pid", "PID-DPA01", "--identity", "Jade")
        with pytest.raises(CommandError, match="project_ambiguous"):
            run(*arguments)
        token = run(*arguments, "--tenant", "elsewhere").strip()
        theirs = AgentKey.objects.get(key_id=token.split("_")[1])
        assert theirs.persona == stranger.jade.persona

    @pytest.mark.parametrize(
        "password", ["", "short", "1234567890123456", "password1234", "frankfrankfrank"]
    )
    def test_operator_create_takes_no_weak_password(
        self, monkeypatch: pytest.MonkeyPatch, password: str
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        with pytest.raises(CommandError, match=r"invalid_request(.|\n)*password: "):
            run("operator", "create", "frankfrankfrank", "--password-stdin")
        assert not User.objects.exists()

    @pytest.mark.parametrize("name", ["two words", "x" * 151, "", "a\u202eb"])
    def test_operator_create_takes_no_odd_name(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        with pytest.raises(CommandError, match="invalid_request"):
            run("operator", "create", name, "--password-stdin")

    def test_operator_create_sets_a_new_password(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("another long pass phrase\r\n"))
        assert "has a new password" in run("operator", "create", "frank", "--password-stdin")
        assert authenticate_operator(name="frank", password="another long pass phrase")
        assert User.objects.count() == 1

    def test_a_password_that_is_no_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(b"\xff\xfe long enough for one\n"), encoding="utf-8")
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(CommandError, match="not valid UTF-8"):
            run("operator", "create", "frank", "--password-stdin")

    def test_without_a_terminal_it_does_not_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(""))
        with pytest.raises(CommandError, match="--password-stdin"):
            run("operator", "create", "frank")


@pytest.mark.django_db(transaction=True)
class TestAsAProgram:
    """`manage.py` as an operator starts it, on the database of this test."""

    def manage(self, *arguments: str | bytes, stdin: bytes = b"") -> Any:
        database = connection.settings_dict
        code = (
            "import sys; from django.conf import settings; "
            f"settings.DATABASES['default']['NAME'] = {str(database['NAME'])!r}; "
            "from django.core.management import execute_from_command_line as run; "
            "run(['manage.py', *sys.argv[1:]])"
        )
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def test_from_nothing_to_a_key_that_works(self) -> None:
        assert self.manage("seed_care", "--home", "PID-PGR01").returncode == 0
        assert self.manage("project", "create", "PID-DPA01").returncode == 0
        made = self.manage("agent_key", "create", "--pid", "PID-DPA01", "--identity", "Jade")
        assert made.returncode == 0
        assert TOKEN.fullmatch(made.stdout.decode())
        jade = Agent(Persona.objects.get(identity="Jade"), made.stdout.decode().strip())
        assert jade.report()["intake_id"]

    def test_an_operators_password_comes_from_standard_input(self) -> None:
        line = f"{PASSWORD}\nnot this line\n".encode()
        made = self.manage("operator", "create", "frank", "--password-stdin", stdin=line)
        assert (made.returncode, made.stdout) == (0, b"operator frank: created\n")
        assert authenticate_operator(name="frank", password=PASSWORD)

    def test_a_refusal_is_exit_code_1_without_a_traceback(self) -> None:
        for arguments in (
            ("agent_key", "create", "--pid", b"\xff", "--identity", "Jade"),
            ("operator", "create", "frank", "--password-stdin"),
        ):
            refused = self.manage(*arguments)
            assert refused.returncode == 1
            assert refused.stdout == b""
            assert b"Traceback" not in refused.stderr
            assert refused.stderr.strip()
