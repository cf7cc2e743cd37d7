"""What an import finds when it holds its documents against what is here already."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from incidents.categories import assignable_categories
from incidents.documents.build import BUILDERS
from incidents.documents.nodes import Document, Problem
from incidents.documents.rules import (
    lesson_problem,
    normal,
    number_problem,
    numbered_fields,
    problem,
    rule_problems,
)
from incidents.documents.shape import LINK, RECORD
from incidents.models import DailyCounter, Incident, Postmortem, TimelineEntry
from incidents.numbering import Numbered, lock_counter
from kernel.canonical import digest_of

Counters = Mapping[tuple[str, date], DailyCounter]


class Inbound:
    """One document of a file on its way in."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.kind = str(document.value["kind"])
        self.incident_id = str(document.value["incident_id"])
        self.numbers: dict[str, Numbered] = numbered_fields(document)
        self.unchanged = False
        self.waived = False

    @property
    def name(self) -> str:
        return str(self.document.value.get("postmortem_id", self.incident_id))

    @cached_property
    def value(self) -> dict[str, Any]:
        return normal(self.document)

    @cached_property
    def digest(self) -> str:
        return digest_of(self.value)


def lock_numbers(inbound: list[Inbound], tenant_id: UUID) -> Counters:
    """The counters of every day that the file names, locked in one order for everybody, so that
    two imports wait for each other instead of both writing."""
    keys = {(one.series, one.day) for each in inbound for one in each.numbers.values()}
    return {key: lock_counter(key[0], tenant_id, key[1]) for key in sorted(keys)}


def judge(
    inbound: list[Inbound],
    tenant_id: UUID,
    counters: Counters,
    now: datetime,
    *,
    waiving: bool,
) -> tuple[list[Problem], list[Problem]]:
    """What is wrong, and what contradicts a row that is here; marks what is here as it stands
    and, where somebody is `waiving`, which closed record comes without a corrective action.

    Call it with the counters locked."""
    found = [one for each in inbound for one in rule_problems(each.document, now)]
    found += _twice(inbound)
    if found:
        return found, []
    incidents = {
        one.incident_id: one
        for one in Incident.objects.filter(
            tenant_id=tenant_id, incident_id__in={each.incident_id for each in inbound}
        )
    }
    conflicts: list[Problem] = []
    for each in inbound:
        incident = incidents.get(each.incident_id)
        if incident is not None and _is_here(each, incident):
            each.unchanged = _same(each, incident)
            if not each.unchanged:
                text = f"{each.name} is here with another content."
                conflicts.append(problem(each.document, "incident_id", text))
    new = [each for each in inbound if not each.unchanged]
    here_or_coming = set(incidents) | {one.incident_id for one in inbound if one.kind == RECORD}
    links = {one.incident_id: one.document for one in new if one.kind == LINK}
    categories = assignable_categories(tenant_id)
    for each in new:
        if each.incident_id in incidents and each.kind == RECORD:
            continue  # a conflict, named above
        found += _number_problems(each, counters, now.date(), incidents)
        if each.kind == RECORD:
            found += _new_record_problems(each, links.get(each.incident_id), categories, waiving)
        else:
            found += _new_link_problems(each, tenant_id, here_or_coming)
    return found, conflicts


def _twice(inbound: list[Inbound]) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for each in inbound:
        for name in each.numbers:
            key = (each.kind, name, str(each.numbers[name]))
            if key in seen:
                yield problem(each.document, name, "It stands twice in this file.")
            seen.add(key)


def _is_here(each: Inbound, incident: Incident) -> bool:
    return each.kind == RECORD or Postmortem.objects.filter(incident=incident).exists()


def _same(each: Inbound, incident: Incident) -> bool:
    """As it stands now, or as it was when it was imported: the case has gone on since."""
    if digest_of(BUILDERS[each.kind](incident)) == each.digest:
        return True
    imports = TimelineEntry.objects.filter(incident=incident, event="imported")
    return any(entry.detail.get("sha256") == each.digest for entry in imports)


def _number_problems(
    each: Inbound, counters: Counters, today: date, incidents: Mapping[str, Incident]
) -> Iterator[Problem]:
    for name, one in each.numbers.items():
        if name == "incident_id" and (each.kind == LINK or each.incident_id in incidents):
            continue
        last = counters[one.series, one.day].last
        wrong = number_problem(each.document, name, one, last=last, today=today)
        if wrong:
            yield wrong


def _new_record_problems(
    each: Inbound, link: Document | None, categories: list[str], waiving: bool
) -> Iterator[Problem]:
    category = each.value["category"]
    if isinstance(category, str) and category not in categories:
        text = (
            f"There is no such category. An operator adds one: manage.py category add {category}. "
            f"There are: {', '.join(categories)}."
        )
        yield problem(each.document, "category", text)
    wrong = lesson_problem(each.document, link)
    each.waived = wrong is not None and waiving
    if wrong and not waiving:
        yield wrong


def _new_link_problems(
    each: Inbound, tenant_id: UUID, here_or_coming: set[str]
) -> Iterator[Problem]:
    if each.incident_id not in here_or_coming:
        text = "There is no such incident, neither here nor in this file."
        yield problem(each.document, "incident_id", text)
    taken = Postmortem.objects.filter(
        tenant_id=tenant_id, postmortem_id=each.value["postmortem_id"]
    ).exclude(incident__incident_id=each.incident_id)
    if taken.exists():
        yield problem(each.document, "postmortem_id", "Another incident has this postmortem.")
