"""Past incidents that resemble one: the same fault by its fingerprint, or a title of its words."""

import re
from dataclasses import dataclass
from itertools import combinations

from django.db import connection

from incidents.models import Incident
from incidents.search import postgresql

SHOWN = 5
SAME_FINGERPRINT, WORDS = "same_fingerprint", "words"

_CANDIDATES = 100
_WINDOW = 1_000
_WORDS_COMPARED = 5
_LEAST_SCORE = 0.3
_WORD = re.compile(r"[^\W_]{3,40}")
# "crash" and "crashes" begin alike.
_STEM = 5
_COMMON_WORDS = """
about after again all and any are because been before but can cannot could did does doing down each
for from had has have her here him his how into its just more most not now off once only other our
out over own same she should some such than that the their them then there these they this those
through too under until very was were what when where which while who why will with would you your
"""
_SAYS_NOTHING = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True)
class Similar:
    """`score` is 1.0 for the same fingerprint, else the share of title words in common (0 to 1)."""

    incident: Incident
    score: float
    why: str

    @property
    def percent(self) -> int:
        return round(self.score * 100)


def similar_incidents(incident: Incident) -> list[Similar]:
    """Up to five other incidents of the same tenant, most similar first, newer before older."""
    same = _same_fault(incident)
    if len(same) == SHOWN:
        return same
    known = {one.incident.pk for one in same}
    others = [one for one in _like_worded(incident) if one.incident.pk not in known]
    return [*same, *others][:SHOWN]


def title_words(title: str) -> list[str]:
    """The words of a title that say something, each once, longest first."""
    words = dict.fromkeys(_WORD.findall(title.casefold()))
    return sorted((word for word in words if word not in _SAYS_NOTHING), key=len, reverse=True)


def likeness(title: str, other: str) -> float:
    """Shared words ÷ all words of two titles, 0 to 1; a word counts by its beginning."""
    left = {word[:_STEM] for word in title_words(title)}
    right = {word[:_STEM] for word in title_words(other)}
    return len(left & right) / len(left | right) if left and right else 0.0


def _same_fault(incident: Incident) -> list[Similar]:
    if not incident.fingerprint:
        return []
    found = (
        Incident.objects.filter(tenant_id=incident.tenant_id, fingerprint=incident.fingerprint)
        .exclude(fingerprint="")
        .exclude(pk=incident.pk)
        .select_related("project")
        .order_by("-id")
    )
    return [Similar(one, 1.0, SAME_FINGERPRINT) for one in found[:SHOWN]]


def _like_worded(incident: Incident) -> list[Similar]:
    words = title_words(incident.title)
    if not words:
        return []
    found = Incident.objects.filter(tenant_id=incident.tenant_id).select_related("project")
    if connection.vendor == "postgresql":
        match = postgresql.any_of(_two_of(words[:_WORDS_COMPARED]))
        ids = postgresql.newest_matching(found, match, window=_WINDOW, most=_CANDIDATES)
        candidates = found.filter(pk__in=ids)
    else:
        candidates = found.filter(pk__in=found.order_by("-id").values("pk")[:_WINDOW])
    scored = [
        Similar(one, round(score, 2), WORDS)
        for one in candidates.exclude(pk=incident.pk).order_by("-id").defer("report", "text")
        if (score := likeness(incident.title, one.title)) >= _LEAST_SCORE
    ]
    return sorted(scored, key=lambda one: -one.score)[:SHOWN]


def _two_of(words: list[str]) -> str:
    """A tsquery for titles with two of the words: one alone would match too much."""
    if len(words) == 1:
        return f"{words[0]}:A"
    return " | ".join(f"({one}:A & {other}:A)" for one, other in combinations(words, 2))
