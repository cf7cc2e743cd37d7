"""The house holds: floors, ledgers, the guard's table, the error catalogue, migrations."""

import importlib
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from access.api.permissions import GuardedByPolicy
from access.api.views import AgentView
from access.policy import RULES
from kernel.errors import CATALOGUE, Code
from kernel.guards import missing_guards
from kernel.sealing import Seal, ledgers

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("kernel", "access", "redaction", "bridge", "incidents", "phonehome", "prism_care")


def views() -> Iterator[tuple[str, type[Any]]]:
    """Path and class of everything served below `/api/v1/`."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield path, entry.callback
            else:
                yield from walk(entry, path)

    for path, callback in walk(get_resolver(), ""):
        if path.startswith("api/v1/"):
            yield path, callback.view_class


def sources(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from (ROOT / package).rglob("*.py")


@pytest.mark.one_database
def test_imports_point_down_the_floors(capsys: pytest.CaptureFixture[str]) -> None:
    from importlinter.cli import lint_imports

    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out


@pytest.mark.one_database
def test_the_contract_sees_every_package() -> None:
    """A package that the contract does not name could import what it likes."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    there = {
        path.parent.name
        for path in ROOT.glob("*/__init__.py")
        if path.parent.name not in ("tests", "bench")
    }
    assert there == set(settings["root_packages"]) == set(PACKAGES)


@pytest.mark.django_db
def test_every_ledger_is_guarded_in_the_database() -> None:
    assert missing_guards() == []
    assert {model._meta.label for model in ledgers()} >= {
        "kernel.LedgerEntry",
        "access.PersonaStamp",
        "bridge.BridgeAudit",
        "incidents.TimelineEntry",
        "phonehome.Review",
    }


@pytest.mark.django_db
def test_a_replacing_insert_is_refused_wherever_rows_are_append_only() -> None:
    """SQLite only: PostgreSQL has no REPLACE."""
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    tables = [*(model._meta.db_table for model in ledgers()), Seal._meta.db_table]
    for table in (*tables, "bridge_signal"):
        assert f"{table}_no_replace" in present


@pytest.mark.one_database
def test_every_endpoint_asks_the_guard() -> None:
    found = list(views())
    assert found
    for path, view in found:
        assert issubclass(view, AgentView), path
        assert view.permission_classes == [GuardedByPolicy], path
        served = {
            method.upper()
            for method in view.http_method_names
            if hasattr(view, method) and method not in ("head", "options")
        }
        assert set(view.actions) == served, path
        assert set(view.actions.values()) <= set(RULES), path


@pytest.mark.one_database
def test_every_rule_is_asked_for() -> None:
    """A rule that nobody asks for is a promise that nobody keeps."""
    asked = {action for _, view in views() for action in view.actions.values()}
    for path in sources("access", "bridge", "incidents", "phonehome", "prism_care"):
        if path.name != "policy.py":
            asked |= set(re.findall(r'"([a-z]+\.[a-z_.]+)"', path.read_text()))
    assert set(RULES) <= asked


def defined_codes() -> dict[str, str]:
    """Code → the name of its constant, over all `errors.py`."""
    names = {}
    for package in PACKAGES:
        if (ROOT / package / "errors.py").exists():
            module = importlib.import_module(f"{package}.errors")
            for name, value in vars(module).items():
                if isinstance(value, Code):
                    names.setdefault(value.code, name)
    return names


@pytest.mark.one_database
class TestCatalogue:
    def test_codes_are_defined_in_errors_modules_only(self) -> None:
        assert set(defined_codes()) == set(CATALOGUE)

    def test_a_code_is_defined_once(self) -> None:
        from kernel.errors import define

        with pytest.raises(ValueError, match="defined twice"):
            define("not_found", 404, "Again.")

    @pytest.mark.parametrize("code", sorted(CATALOGUE))
    def test_a_code_reads_well(self, code: str) -> None:
        entry = CATALOGUE[code]
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)
        assert 400 <= entry.status < 600 or code == "phone_home_duplicate"
        assert re.fullmatch(r"[A-Z`g].*\.", entry.message), entry.message
        assert "\n" not in entry.message
        assert entry.next_steps
        assert all({"label", "action"} <= set(step) for step in entry.next_steps)

    def test_every_code_can_be_met(self) -> None:
        """Its constant stands somewhere outside the definitions."""
        text = "\n".join(path.read_text() for path in sources() if path.name != "errors.py")
        text += (ROOT / "kernel" / "errors.py").read_text().split("def invalid")[1]
        unused = {
            code
            for code, name in defined_codes().items()
            if not re.search(rf"\b{name}\b", text) and f'"{code}"' not in text
        }
        # A success (`status="duplicate"`), and so never raised; SPEC-115 lists it as a code.
        assert unused == {"phone_home_duplicate"}

    def test_the_codes_of_the_contract_are_there(self) -> None:
        """SPEC-115's own, and those that api.md fixes for what is built."""
        assert {
            "bridge_target_not_found",
            "bridge_cross_project_refused",
            "bridge_target_ambiguous",
            "bridge_broadcast_refused",
            "bridge_reply_not_allowed",
            "bridge_audit_unavailable",
            "triage_eligibility_contradiction",
            "triage_tier_out_of_order",
            "phone_home_scope_rejected",
            "phone_home_redaction_required",
            "phone_home_operator_review_required",
            "phone_home_sensitive_retention_unapproved",
            "phone_home_transport_unavailable",
            "phone_home_auth_required",
            "phone_home_repo_access_denied",
            "phone_home_issue_create_failed",
            "phone_home_crosslink_failed",
            "phone_home_duplicate",
            "phone_home_outcome_unknown",
            "phone_home_rate_limited",
            "phone_home_label_missing",
            "phone_home_target_changed",
            "phone_home_review_expired",
            "idempotency_key_reused",
            "idempotency_in_progress",
            "stale_revision",
        } <= set(CATALOGUE)

    def test_every_code_is_documented(self) -> None:
        page = (ROOT / "docs" / "errors.md").read_text()
        assert {code for code in CATALOGUE if f"`{code}`" not in page} == set()


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


@pytest.mark.one_database
def test_no_service_reads_the_request() -> None:
    """Who acts comes in as a principal; a service that took a request could read a header."""
    for package in ("access", "bridge", "incidents", "phonehome"):
        for path in (ROOT / package / "services").glob("*.py"):
            assert "rest_framework" not in path.read_text(), path
            assert not re.search(r"\brequest\.(META|headers|data|user)\b", path.read_text()), path
