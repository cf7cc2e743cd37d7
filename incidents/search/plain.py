"""Search where the database has none (SQLite): every word stands somewhere in the case."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from incidents.models import Incident

_SEEN_BY_ALL = ("title", "report")
_DESK_TOO = (
    "text",
    "incident_id",
    "category",
    "owner",
    "agent_id",
    "trace_id",
    "session_id",
    "bundle_id",
    "change_id",
    "rollout_wave",
    "tool_principal",
    "approval_id",
    "idempotency_key",
)
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_EDGES = ".,;:!?()[]{}<>&|*'`"

# A word or phrase, and whether it must be absent.
Term = tuple[str, bool]


def terms_of(words: str) -> list[list[Term]]:
    """Alternatives (`or`) of terms that must all hold: `a "b c" or -d` is
    `[[("a", False), ("b c", False)], [("d", True)]]`. What is no word is left out."""
    alternatives: list[list[Term]] = [[]]
    for minus, phrase, word in _TERM.findall(words):
        if word.lower() == "or" and not minus:
            alternatives.append([])
            continue
        term = " ".join(phrase.split()) or word.strip(_EDGES)
        if any(char.isalnum() for char in term):
            alternatives[-1].append((term, bool(minus)))
    return [one for one in alternatives if one]


def matching(
    found: QuerySet[Incident], words: str, *, window: int, desk: bool
) -> QuerySet[Incident]:
    """Those of the newest `window` incidents that hold the words, letter case aside (ASCII)."""
    columns = (*_SEEN_BY_ALL, *_DESK_TOO) if desk else _SEEN_BY_ALL
    condition = Q()
    for alternative in terms_of(words):
        every = Q()
        for term, absent in alternative:
            somewhere = Q()
            for column in columns:
                somewhere |= Q(**{f"{column}__icontains": term})
            every &= ~somewhere if absent else somewhere
        condition |= every
    if not condition:
        return found.none()
    newest = found.order_by("-id").values("pk")[:window]
    return found.filter(pk__in=newest).filter(condition)


def ranked(incidents: Iterable[Incident], words: str) -> list[Incident]:
    """Incidents that name more of the words in their title first; the order kept where equal."""
    wanted = {term.lower() for terms in terms_of(words) for term, absent in terms if not absent}
    return sorted(incidents, key=lambda one: -sum(term in one.title.lower() for term in wanted))
