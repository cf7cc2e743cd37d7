"""Many cases for a benchmark: one is brought through the desk over HTTP, the others are copies.

Case number n (1 is the newest) began n × 5 minutes ago, so that 100,000 cases fill most of a year.
Copies differ in id, title, report, severity, category, fingerprint and moments, and each has the
tiers, timeline and clocks of the first.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from bench.approve import call
from bench.product import Product

# Words of a report by how often they stand in one: in all, in 3 of 100, in 1 of 20,000.
COMMON, SOME, RARE = "signal", "watermark", "zeppelin"
TITLE = "Bridge signal lost after restart"
# Customer-internal: nothing is staged, and the case stays open and triaged.
TIERS: dict[int, dict[str, Any]] = {
    1: {"env": {"os": "linux"}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
    2: {"skipped": dict.fromkeys(("stack_trace", "journal_refs", "git_rev"), "not reported")},
    3: {"text": "The bridge loses a signal when it is started again."},
    4: {"severity": "P1", "scope": "customer-internal", "kind": "incident", "note": "own code"},
    5: {"postmortem_summary": "A signal was lost.", "eligible": False, "reasons": ["scope"]},
}

_FUNCTIONS = """
CREATE FUNCTION bench_at(n int) RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT {began}::timestamptz - n * interval '5 minutes' $$;
CREATE FUNCTION bench_id(kind int, n int) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM bench_at(n)) * 1000)::bigint), 12, '0') || '7'
        || lpad(to_hex(kind), 3, '0') || '8000' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION bench_words(n int, many int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg('w' || (power((hashint8(n::bigint * 1000 + k) & 65535) / 65536.0, 3)
        * 3000)::int, ' ') FROM generate_series(1, many) k $$;
"""
_SIGNAL, _INTAKE, _INCIDENT, _PROMISE, _TRIAGE = 1, 2, 3, 4, 5


def fill(product: Product, cases: int, *, due: int) -> None:
    """So many cases; the triage clocks of the newest `due` are at risk just now."""
    with psycopg.connect(product.environment["DATABASE_URL"], autocommit=True) as connection:
        _first_case(product)
        connection.execute(sql.SQL(_FUNCTIONS).format(began=sql.Literal(datetime.now(UTC))))
        template = connection.execute(
            "SELECT i.id, i.intake_id, n.signal_id FROM incidents_incident i "
            "JOIN incidents_intake n ON n.id = i.intake_id"
        ).fetchone()
        assert template is not None
        incident, intake, signal = template
        _copy(connection, "bridge_signal", f"id = '{signal}'", _signal(), cases)
        _copy(connection, "incidents_intake", f"id = '{intake}'", _intake(), cases)
        _copy(connection, "incidents_incident", f"id = '{incident}'", _incident(), cases)
        of_it = f"incident_id = '{incident}'"
        tiers = {"incident_id": f"bench_id({_INCIDENT}, n)", "id": ""}
        _copy(connection, "incidents_triagetier", of_it, tiers, cases)
        story = {**tiers, "uid": "gen_random_uuid()", "recorded_at": "bench_at(n)"}
        _copy(connection, "incidents_timelineentry", of_it, story, cases)
        for stage, kind in (("next_update", _PROMISE), ("triage", _TRIAGE)):
            newest = (
                f"id = (SELECT id FROM incidents_deadline WHERE {of_it} AND stage = '{stage}' "
                "ORDER BY id DESC LIMIT 1)"
            )
            _copy(connection, "incidents_deadline", newest, {**tiers, **_clock(kind, due)}, cases)
        connection.execute("VACUUM ANALYZE")


def _first_case(product: Product) -> None:
    """One case of Jade's, triaged by Clara, through the product's own endpoints."""
    payload = {"text": f"{COMMON} lost", "stack_trace": "Traceback: KeyError: 'pid'"}
    body = {"to_identity": "Sage", "signal_type": "Question", "payload": payload}
    intake_id = call(product, "Jade", "signals", body)["intake_id"]
    verdict = {"classification": "incident", "rationale": "it is lost", "title": TITLE}
    answer = call(product, "Sage", f"intake/{intake_id}/classification", verdict)
    for tier, content in TIERS.items():
        path = f"incidents/{answer['incident_id']}/triage/{tier}"
        call(product, "Clara", path, content, method="PUT")


def _copy(
    connection: psycopg.Connection,
    table: str,
    where: str,
    other: Mapping[str, str],
    cases: int,
) -> None:
    """Insert the rows of `table` that `where` chooses once per case `n`, columns as `other` says
    ("" leaves a column to its default)."""
    columns = [
        row[0]
        for row in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        if other.get(row[0]) != ""
    ]
    values = [
        sql.SQL(other[name]) if name in other else sql.Identifier("t", name) for name in columns
    ]
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} "
            "FROM (SELECT * FROM {table} WHERE {where}) t, generate_series(1, {cases}) n"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values),
            where=sql.SQL(where),
            cases=cases,
        )
    )


def _signal() -> dict[str, str]:
    return {
        "id": f"bench_id({_SIGNAL}, n)",
        "thread_id": f"bench_id({_SIGNAL}, n)",
        "intake_id": f"bench_id({_INTAKE}, n)",
        "audit_uid": "gen_random_uuid()",
        "created_at": "bench_at(n)",
    }


def _intake() -> dict[str, str]:
    return {
        "id": f"bench_id({_INTAKE}, n)",
        "signal_id": f"bench_id({_SIGNAL}, n)",
        "fingerprint": "repeat(md5((n / 3)::text), 2)",
        "created_at": "bench_at(n)",
        "classified_at": "bench_at(n) + (n % 50) * interval '1 minute'",
    }


def _incident() -> dict[str, str]:
    return {
        "id": f"bench_id({_INCIDENT}, n)",
        "intake_id": f"bench_id({_INTAKE}, n)",
        "incident_id": "'inc-' || to_char(bench_at(n), 'YYYY-MM-DD-') || (100000 + n)",
        "title": f"'{TITLE.split()[0]} {COMMON} ' || bench_words(n, 4)",
        "report": f"""'{COMMON} ' || bench_words(n, 90)
            || CASE WHEN n % 33 = 0 THEN ' {SOME}' ELSE '' END
            || CASE WHEN n % 20000 = 7 THEN ' {RARE}' ELSE '' END""",
        "text": "''",
        "fingerprint": "repeat(md5((n / 3)::text), 2)",
        "severity": "'P' || n % 4",
        "category": "(ARRAY['data_loss', 'tool_failure', 'routing_failure', 'other'])[1 + n % 4]",
        "created_at": "bench_at(n)",
        "detected_at": "bench_at(n)",
        "acknowledged_at": "bench_at(n) + (5 + n % 90) * interval '1 minute'",
        "triaged_at": "bench_at(n) + (60 + n % 300) * interval '1 minute'",
        "resolved_at": "CASE WHEN n % 3 = 0 THEN bench_at(n) + (n % 70) * interval '1 hour' END",
        "next_update_due_at": "now() + interval '1 day'",
    }


def _clock(kind: int, due: int) -> dict[str, str]:
    """A clock of eight hours: six of them, the time of the reminder, are over for the newest."""
    hours = f"CASE WHEN n <= {due} AND {kind} = {_TRIAGE} THEN 6 ELSE 1 END"
    started = f"now() - ({hours}) * interval '1 hour' - interval '1 minute'"
    return {
        "id": f"bench_id({kind}, n)",
        "state": "'open'",
        "minutes": "480",
        "started_at": started,
        "at_risk_at": f"{started} + interval '6 hours'",
        "due_at": f"{started} + interval '8 hours'",
        "next_step_at": f"{started} + interval '6 hours'",
        "ended_at": "NULL",
    }
