"""Importing documents: the whole file or nothing, each fault with its line and field."""

import secrets
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import HealthCheck, given, settings

from access.services.authenticate_agent import authenticate_agent
from incidents.models import (
    ContainmentAction,
    CorrectiveAction,
    DailyCounter,
    Incident,
    Postmortem,
    TimelineEntry,
)
from incidents.record import missing_links
from incidents.services.add_category import add_category
from incidents.services.import_documents import import_documents
from incidents.services.retire_category import retire_category
from incidents.states import LINKED, IncidentStatus
from kernel.canonical import canonical_json
from kernel.errors import CareError
from kernel.models import LedgerEntry
from tests.cast import BY, Cast
from tests.incidents.cases import opened
from tests.incidents.documents import (
    FORMS,
    SEED_LINK,
    SEED_RECORD,
    link,
    parsed,
    record,
    records,
    rows_of_incidents,
)

pytestmark = pytest.mark.django_db

TODAY = "2026-05-01T12:00:00Z"
CLOSED = record(status="closed")


@pytest.fixture(autouse=True)
def _on_a_day(cast: Cast) -> Iterator[None]:
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def give(tmp_path: Path) -> Callable[..., str]:
    """Import a text by the command; what it printed."""

    def run(text: str | bytes, *options: str) -> str:
        file, out = tmp_path / "documents", StringIO()
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        call_command("incident", "import", str(file), *options, stdout=out)
        return out.getvalue()

    return run


def exported(kind: str = "record", form: str = "yaml", incident_id: str = "") -> str:
    out = StringIO()
    name = incident_id or "inc-2026-04-09-001"
    call_command("incident", "export", name, "--kind", kind, "--format", form, stdout=out)
    return out.getvalue()


def yaml_of(*documents: dict[str, Any]) -> str:
    return "---\n".join(FORMS["yaml"](one) for one in documents)


Give = Callable[..., str]


class TestTheSeed:
    def test_its_examples_go_in_and_come_out_byte_for_byte(self, give: Give) -> None:
        done = give(f"{SEED_RECORD}---\n{SEED_LINK}")
        assert done == "inc-2026-04-09-001: imported\npm-2026-04-09-001: imported\n"
        assert exported() == SEED_RECORD
        assert exported("postmortem-link") == SEED_LINK
        for kind, text in (("record", SEED_RECORD), ("postmortem-link", SEED_LINK)):
            as_json = parsed(exported(kind, "json"))
            assert canonical_json(as_json) == canonical_json(parsed(text))

    def test_json_says_the_same(self, give: Give) -> None:
        give(FORMS["json"](record()))
        assert exported() == SEED_RECORD

    def test_agents_read_the_documents(self, cast: Cast, give: Give) -> None:
        give(f"{SEED_RECORD}---\n{SEED_LINK}")
        for path, text in (("record", SEED_RECORD), ("postmortem-link", SEED_LINK)):
            url = f"incidents/inc-2026-04-09-001/{path}"
            in_yaml = cast.clara.get(url, accept="application/yaml")
            assert in_yaml["Content-Type"] == "application/yaml; charset=utf-8"
            assert in_yaml.content.decode() == text
            assert canonical_json(cast.clara.get(url).json()) == canonical_json(parsed(text))
            assert cast.clara.get(url, accept="text/csv").status_code == 406
            for agent in (cast.jade, cast.sage):
                assert agent.get(url).status_code == 403

    def test_refusals_are_json_whatever_was_asked_for(self, cast: Cast) -> None:
        answer = cast.clara.get("incidents/inc-2026-04-09-009/record", accept="application/yaml")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


class TestWhatItMakes:
    def test_rows_say_that_they_were_imported(self, cast: Cast, give: Give) -> None:
        give(f"{SEED_RECORD}---\n{SEED_LINK}")
        incident = Incident.objects.get()
        assert (incident.origin, incident.intake, incident.reporter) == ("import", None, None)
        assert incident.project == cast.home
        assert (incident.severity, incident.eligible) == ("P2", False)
        actions = ContainmentAction.objects.values_list("action", "actor", "detail")
        assert list(actions) == [
            ("force_mandatory_approval", "import:system:manage.py", "imported"),
            ("disable_ticket_write_v1", "import:system:manage.py", "imported"),
        ]
        kinds = CorrectiveAction.objects.values_list("kind", "owner", "state")
        assert [kind for kind, _, _ in kinds] == [
            "change",
            "bundle",
            "eval_dataset_update",
            "retirement_plan",
        ]
        assert {(owner, state) for _, owner, state in kinds} == {("platform-safety", "open")}
        entries = TimelineEntry.objects.filter(event="imported")
        assert [entry.detail["document"] for entry in entries] == [
            "incident_record",
            "incident_postmortem_link",
        ]
        assert LedgerEntry.objects.filter(action="incidents.documents.imported").exists()

    def test_a_project_is_chosen_by_its_pid(self, cast: Cast, give: Give) -> None:
        give(SEED_RECORD, "--pid", "PID-DPA01")
        assert Incident.objects.get().project == cast.jade.persona.project
        with pytest.raises(CommandError, match="project_unknown"):
            give(SEED_RECORD, "--pid", "PID-NONE")

    def test_another_tenant_may_hold_the_same_id(
        self, cast: Cast, stranger: Cast, give: Give
    ) -> None:
        give(SEED_RECORD)
        give(SEED_RECORD.replace("canary", "all"), "--tenant", "elsewhere")
        ours, theirs = (
            one.clara.get("incidents/inc-2026-04-09-001").json() for one in (cast, stranger)
        )
        assert (ours["rollout_wave"], theirs["rollout_wave"]) == ("canary", "all")

    def test_check_says_what_it_would_do_and_does_nothing(self, give: Give) -> None:
        before = rows_of_incidents(), LedgerEntry.objects.count()
        assert give(SEED_RECORD, "--check") == "inc-2026-04-09-001: would be imported\n"
        assert (rows_of_incidents(), LedgerEntry.objects.count()) == before

    @pytest.mark.parametrize("status", ["reported", "triaging", "triaged", "withdrawn"])
    def test_every_status_has_what_the_product_asks_of_it(
        self, cast: Cast, give: Give, sweep: Callable[[], None], status: str
    ) -> None:
        facts: dict[str, Any] = dict.fromkeys(("trace_id", "bundle_id", "owner", "category"))
        text = yaml_of(
            record(status=status, severity="sev1" if status == "triaged" else None, **facts)
        )
        give(text)
        assert exported() == text
        incident = Incident.objects.get()
        assert (incident.next_update_due_at is None) == (status == "withdrawn")
        sweep()
        for path in ("", "/status", "/record", "/containment-actions"):
            assert cast.clara.get(f"incidents/{incident.incident_id}{path}").status_code == 200

    def test_a_closed_one_comes_with_its_lesson(self, give: Give) -> None:
        give(yaml_of(CLOSED, link(status="closed")))
        assert (Incident.objects.get().status, Incident.objects.get().closure) == (
            "closed",
            "postmortem",
        )
        assert exported("postmortem-link") == SEED_LINK.replace("status: open", "status: closed")

    def test_unknown_facts_keep_their_reason(self, cast: Cast, give: Give) -> None:
        text = yaml_of(record(bundle_id={"unknown": 'the run "predates" bundles: 2026'}))
        give(text)
        assert exported() == text
        body = cast.clara.get("incidents/inc-2026-04-09-001").json()
        assert body["bundle_id"] == {"unknown": 'the run "predates" bundles: 2026'}

    def test_a_moment_in_another_zone_is_kept_in_utc(self, give: Give) -> None:
        give(SEED_RECORD.replace("09:14:00Z", "11:14:00.5+02:00"))
        assert "detected_at: 2026-04-09T09:14:00.500000Z\n" in exported()

    def test_clara_goes_on_with_an_imported_case(self, cast: Cast, give: Give) -> None:
        give(SEED_RECORD)
        path = "incidents/inc-2026-04-09-001"
        assert cast.clara.post(f"{path}/containment-actions", {"action": "x"}).status_code == 201
        assert cast.clara.request("PATCH", path, {"owner": "Ann"}).status_code == 200
        assert cast.clara.request("PATCH", path, {"trace_id": None}).status_code == 409


class TestAgain:
    def test_the_same_file_again_changes_nothing(self, give: Give) -> None:
        text = f"{SEED_RECORD}---\n{SEED_LINK}"
        give(text)
        before = rows_of_incidents()
        assert give(text) == "inc-2026-04-09-001: unchanged\npm-2026-04-09-001: unchanged\n"
        assert rows_of_incidents() == before

    def test_also_after_the_case_has_gone_on(self, cast: Cast, give: Give) -> None:
        give(SEED_RECORD)
        path = "incidents/inc-2026-04-09-001"
        cast.clara.request("PATCH", path, {"owner": "Ann"})
        assert "unchanged" in give(SEED_RECORD)
        assert "unchanged" in give(exported())
        assert cast.clara.get(path).json()["owner"] == "Ann"

    @pytest.mark.parametrize(
        "other",
        [
            yaml_of(record(owner="someone-else")),
            yaml_of(record(containment_actions=["force_mandatory_approval"])),
            yaml_of(link(status="closed")),
            yaml_of(link(corrective_actions=[{"change_id": "chg-1"}])),
        ],
    )
    def test_another_content_is_a_conflict(self, give: Give, other: str) -> None:
        give(f"{SEED_RECORD}---\n{SEED_LINK}")
        before = rows_of_incidents()
        with pytest.raises(CommandError, match="incident_record_conflict") as refused:
            give(yaml_of(record(incident_id="inc-2026-04-09-002"), parsed(other)))
        assert "incident_id: " in str(refused.value)
        assert rows_of_incidents() == before

    def test_a_reported_case_is_not_overwritten_either(
        self, cast: Cast, give: Give, settings: Any
    ) -> None:
        case = opened(cast, settings)
        text = exported(incident_id=case)
        assert "unchanged" in give(text)
        with pytest.raises(CommandError, match="incident_record_conflict"):
            give(text.replace("severity: null", "severity: sev0"))


# What is done to the seed's record, and where it has to be named.
FAULTS: dict[str, tuple[Callable[[str], str], int, str]] = {
    "not an id": (lambda t: t.replace("inc-2026-04-09-001", "incident 1"), 2, "incident_id"),
    "a day that is none": (
        lambda t: t.replace("inc-2026-04-09", "inc-2026-02-30"),
        2,
        "incident_id",
    ),
    "a future day": (lambda t: t.replace("inc-2026-04-09", "inc-2026-05-02"), 2, "incident_id"),
    "a number of today": (
        lambda t: t.replace("inc-2026-04-09", "inc-2026-05-01"),
        2,
        "incident_id",
    ),
    "number nought": (lambda t: t.replace("09-001\ntitle", "09-000\ntitle"), 2, "incident_id"),
    "a padded number": (lambda t: t.replace("09-001\ntitle", "09-0001\ntitle"), 2, "incident_id"),
    "a number": (lambda t: t.replace("trace-2026-04-09-001", "1234"), 10, "trace_id"),
    "a yes": (lambda t: t.replace("canary", "yes"), 14, "rollout_wave"),
    "an empty title": (lambda t: t.replace('"Unauthorized ticket_write path', '"" #'), 3, "title"),
    "a long title": (lambda t: t.replace("Unauthorized", "x" * 201), 3, "title"),
    "our own severity": (lambda t: t.replace("sev2", "P2"), 4, "severity"),
    "a severity beyond": (lambda t: t.replace("sev2", "sev4"), 4, "severity"),
    "a status that is none": (
        lambda t: t.replace("status: contained", "status: done"),
        5,
        "status",
    ),
    "closed without a lesson": (
        lambda t: t.replace("status: contained", "status: closed"),
        5,
        "status",
    ),
    "an unknown category": (lambda t: t.replace("unauthorized_side", "novel_side"), 6, "category"),
    "a date alone": (lambda t: t.replace("T09:14:00Z", ""), 7, "detected_at"),
    "no zone": (lambda t: t.replace("09:14:00Z", "09:14:00"), 7, "detected_at"),
    "hour 25": (lambda t: t.replace("T09:14", "T25:14"), 7, "detected_at"),
    "the 31st of April": (lambda t: t.replace("04-09T", "04-31T"), 7, "detected_at"),
    "before the year 2000": (lambda t: t.replace("2026-04-09T", "1999-04-09T"), 7, "detected_at"),
    "year nought": (lambda t: t.replace("2026-04-09T", "0000-04-09T"), 7, "detected_at"),
    "still to come": (lambda t: t.replace("2026-04-09T", "2026-05-02T"), 7, "detected_at"),
    "a blank in an id": (lambda t: t.replace("trace-2026-04-09-001", "trace 1"), 10, "trace_id"),
    "a link that nobody gave": (lambda t: t.replace("canary", "null"), 14, "rollout_wave"),
    "an empty reason": (lambda t: t.replace("canary", '{unknown: ""}'), 14, "rollout_wave.unknown"),
    "a surface twice": (
        lambda t: t.replace("rollout_gate", "tool_gateway"),
        18,
        "affected_surfaces",
    ),
    "a surface in words": (
        lambda t: t.replace("tool_gateway", "the gate"),
        20,
        "affected_surfaces.2",
    ),
    "no action": (
        lambda t: t.replace(
            "actions:\n  - force_mandatory_approval\n  - disable", "actions: []\n#"
        ),
        22,
        "containment_actions",
    ),
    "an action in words": (
        lambda t: t.replace("disable_t", "dis able"),
        24,
        "containment_actions.2",
    ),
    "a key twice": (lambda t: t + "owner: again\n", 26, "owner"),
    "an unknown key": (lambda t: t + "approved_by: frank\n", 26, "approved_by"),
    "a missing key": (lambda t: t.replace("owner: platform-operations\n", ""), 1, "owner"),
    "another kind": (lambda t: t.replace("incident_record", "runbook"), 1, "kind"),
    "an anchor": (lambda t: t.replace("canary", "&a canary"), 14, "rollout_wave"),
    "an alias": (lambda t: t.replace("canary", "*a"), 14, "rollout_wave"),
    "a tag": (lambda t: t.replace("canary", "!!str canary"), 14, "rollout_wave"),
    "a tab": (lambda t: t.replace("  - tool_gateway", "\t- tool_gateway"), 20, ""),
    "an open quote": (lambda t: t.replace('run"', "run"), 3, "title"),
    "a NUL": (lambda t: t.replace('"Unauth', '"\\0Unauth'), 3, "title"),
    "a hidden direction": (lambda t: t.replace("platform-op", "\u202eop"), 25, "owner"),
    "not UTF-8": (lambda t: t.replace("platform", "\udcff"), 25, ""),
    "nothing": (lambda t: "", 1, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_names_line_and_field_and_changes_nothing(give: Give, fault: str) -> None:
    spoil, line, field = FAULTS[fault]
    before = rows_of_incidents()
    spoilt = spoil(SEED_RECORD)
    assert spoilt != SEED_RECORD
    good = yaml_of(record(incident_id="inc-2026-03-01-001")) if spoilt else ""
    # The good one comes last, so that the lines of the bad one are its own.
    data = (f"{spoilt}---\n{good}" if good else spoilt).encode("utf-8", "surrogateescape")
    with pytest.raises(CommandError, match="incident_document_invalid") as refused:
        give(data)
    where = f"line {line}, {field}: " if field else f"line {line}: "
    if fault not in ("a tab", "an open quote"):
        assert f"\n  {where}" in str(refused.value)
    assert "\n  line " in str(refused.value)
    assert rows_of_incidents() == before
    trace = LedgerEntry.objects.get(action="refused.incident_document_invalid")
    assert "Unauthorized" not in str(trace.data)


LINK_FAULTS: dict[str, tuple[str, str]] = {
    "no such incident": (yaml_of(link(incident_id="inc-2026-04-09-007")), "incident_id"),
    "today's number": (yaml_of(link(postmortem_id="pm-2026-05-01-001")), "postmortem_id"),
    "two keys at once": (
        yaml_of(link(corrective_actions=[{"change_id": "a", "bundle_id": "b"}])),
        "corrective_actions.1",
    ),
    "no key": (SEED_LINK.replace("change_id: chg-2026-04-09-003", "{}"), "corrective_actions.1"),
    "a key that is none": (
        SEED_LINK.replace("change_id", "rollback_id"),
        "corrective_actions.1",
    ),
    "the same artifact twice": (
        yaml_of(link(corrective_actions=[{"change_id": "a"}, {"change_id": "a"}])),
        "corrective_actions",
    ),
    "a status that is none": (yaml_of(link(status="done")), "status"),
}


@pytest.mark.parametrize("fault", LINK_FAULTS)
def test_a_bad_link_is_named_too(give: Give, fault: str) -> None:
    text, field = LINK_FAULTS[fault]
    give(SEED_RECORD)
    before = rows_of_incidents()
    with pytest.raises(CommandError, match="incident_document_invalid") as refused:
        give(text)
    assert f", {field}: " in str(refused.value)
    assert rows_of_incidents() == before


def test_a_closed_record_whose_link_names_nothing_is_refused(give: Give) -> None:
    with pytest.raises(CommandError, match="line 5, status"):
        give(yaml_of(CLOSED, link(corrective_actions=[])))
    assert not Incident.objects.exists()


def test_a_postmortem_belongs_to_one_incident(give: Give) -> None:
    give(f"{SEED_RECORD}---\n{SEED_LINK}")
    other = record(incident_id="inc-2026-04-09-002")
    with pytest.raises(CommandError, match="postmortem_id: Another incident has"):
        give(yaml_of(other, link(incident_id="inc-2026-04-09-002")))
    assert Incident.objects.count() == Postmortem.objects.count() == 1


def test_the_same_incident_twice_in_one_file_is_refused(give: Give) -> None:
    with pytest.raises(CommandError, match="line 28, incident_id: It stands twice"):
        give(yaml_of(record(), record(owner="Ann")))
    assert not Incident.objects.exists()


def test_every_fault_is_named_at_once(give: Give) -> None:
    text = SEED_RECORD.replace("sev2", "P2").replace("canary", "two words")
    with pytest.raises(CommandError) as refused:
        give(f"{text}---\n{SEED_RECORD.replace('status: contained', 'status: done')}")
    lines = [line.strip() for line in str(refused.value).splitlines() if "line " in line]
    assert [line.split(":")[0] for line in lines[1:4]] == [
        "line 4, severity",
        "line 14, rollout_wave",
        "line 31, status",
    ]


@pytest.mark.parametrize("kind", ["record", "link"])
def test_a_secret_is_refused_where_it_stands(give: Give, kind: str) -> None:
    token = f"ghp_{secrets.token_hex(18)}"
    texts = {
        "record": (SEED_RECORD.replace("canary", token), "line 14, rollout_wave"),
        "link": (f"{SEED_RECORD}---\n{SEED_LINK}".replace("chg-2026-04-09-003", token), "line 31"),
    }
    text, where = texts[kind]
    before = rows_of_incidents()
    with pytest.raises(CommandError, match=where) as refused:
        give(text)
    assert token not in str(refused.value)
    assert rows_of_incidents() == before


class TestCategories:
    def test_the_refusal_says_how_to_add_one(self, cast: Cast, give: Give) -> None:
        text = SEED_RECORD.replace("unauthorized_side_effect", "billing")
        with pytest.raises(CommandError, match=r"manage\.py category add billing"):
            give(text)
        call_command("category", "add", "billing", "--meaning", "About money.", stdout=StringIO())
        give(text)
        assert exported() == text

    def test_a_retired_one_is_not_given_to_a_new_case(self, cast: Cast, give: Give) -> None:
        tenant_id = cast.home.tenant_id
        add_category(name="billing", meaning="About money.", tenant_id=tenant_id, by=BY)
        text = SEED_RECORD.replace("unauthorized_side_effect", "billing")
        give(text)
        retire_category(name="billing", tenant_id=tenant_id, by=BY)
        assert "unchanged" in give(text)
        with pytest.raises(CommandError, match="line 6, category"):
            give(text.replace("09-001\ntitle", "09-002\ntitle"))


class TestNumbers:
    def test_a_number_from_elsewhere_is_never_given_out_again(
        self, cast: Cast, give: Give, settings: Any
    ) -> None:
        with time_machine.travel("2026-04-09T10:00:00Z", tick=True):
            assert opened(cast, settings) == "inc-2026-04-09-001"
        give(SEED_RECORD.replace("09-001\ntitle", "09-007\ntitle"))
        with time_machine.travel("2026-04-09T23:00:00Z", tick=True):
            assert opened(cast, settings, "another: ValueError") == "inc-2026-04-09-008"

    def test_a_refused_file_moves_no_counter(self, give: Give) -> None:
        with pytest.raises(CommandError):
            give(yaml_of(record(), record(incident_id="inc-2026-04-09-900", severity="P1")))
        assert not DailyCounter.objects.exists()


def test_only_operators_and_the_command_line_import(cast: Cast) -> None:
    for agent in (cast.clara, cast.sage):
        with pytest.raises(CareError) as refused:
            import_documents(
                data=SEED_RECORD.encode(),
                tenant_id=cast.home.tenant_id,
                by=authenticate_agent(agent.token),
            )
        assert refused.value.code == "operator_required"
    assert not Incident.objects.exists()


def test_a_large_file_is_taken_in_reasonable_time(give: Give) -> None:
    many = [record(incident_id=f"inc-2026-03-01-{n:03d}") for n in range(1, 301)]
    began = time.process_time()
    assert give(yaml_of(*many)).count(": imported") == 300
    assert time.process_time() - began < 30


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(document=records(["data_loss", "other"]))
def test_whatever_is_taken_comes_out_again(give: Give, document: dict[str, Any]) -> None:
    document["detected_at"] = "2026-01-02T03:04:05.600000Z"
    document["incident_id"] = f"inc-2026-01-02-{Incident.objects.count() + 1:03d}"
    if document["status"] == "closed":
        document["status"] = "resolved"
    if document["status"] in (IncidentStatus.TRIAGED, *LINKED):
        document["severity"] = document["severity"] or "sev3"
    if document["status"] in LINKED:  # then nothing may be left open
        document["containment_actions"] = document["containment_actions"] or ["stop"]
        for name in missing_links(document):
            document[name] = {"unknown": "nobody wrote it down"}
    give(FORMS["yaml"](document))
    for form in FORMS:
        text = exported(form=form, incident_id=document["incident_id"])
        assert canonical_json(parsed(text)) == canonical_json(document)
