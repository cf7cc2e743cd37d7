"""Words against the search column (migration `search`), in time that does not grow.

A word of every second report has too many matches to sort, a rare one too few to meet by walking.
So the newest rows are walked first; only a word that is rare there is looked up in the index, and
one that is not so rare only as far back as its share of the newest rows promises enough.
"""

import re
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from incidents.models import Incident
from kernel import clock

# As in the migration: what parts a path, a host, a version, an address.
_SEPARATOR = re.compile(r"[/._:\\@=-]+")
_PARTED = re.compile(r"\w+(?:[/._:\\@=-]+\w+)+")
_UNWANTED = re.compile(r"(?:^|\s)-")
_WINDOWS_BACK = 32
_BELOW_THE_TIME = 80
_COLUMN = '"incidents_incident"."search"'
# Weights A and B: what the reporter itself wrote or sees.
_SEEN_BY_ALL = f"ts_filter({_COLUMN}, '{{a,b}}')"


@dataclass(frozen=True)
class Match:
    """A tsquery and the column it is asked of, as SQL; `words` are the query's parameters."""

    query: str
    column: str
    words: tuple[str, ...]

    @property
    def params(self) -> list[Any]:
        return list(self.words)

    @property
    def rank(self) -> str:
        return f"ts_rank({self.column}, {self.query})"

    @property
    def indexed(self) -> bool:
        return self.column == _COLUMN


def web_search(words: str, *, desk: bool) -> Match:
    """What has separators is looked for as it is, and as a phrase of its parts."""
    column = _COLUMN if desk else _SEEN_BY_ALL
    query, parts = "websearch_to_tsquery('english', %s)", in_parts(words)
    # As it is and not: "-a.b" or "not the phrase" would let in what the other keeps out.
    if parts == words or _UNWANTED.search(words):
        return Match(query, column, (parts,))
    return Match(f"({query} || {query})", column, (words, parts))


def in_parts(words: str) -> str:
    """`router.py` as `"router py"`; within quotes the separators become blanks."""
    pieces = words.split('"')
    for index, piece in enumerate(pieces):
        if index % 2:
            pieces[index] = _SEPARATOR.sub(" ", piece)
        else:
            pieces[index] = _PARTED.sub(lambda one: f'"{_SEPARATOR.sub(" ", one[0])}"', piece)
    return '"'.join(pieces)


def any_of(expression: str) -> Match:
    """`expression` is in to_tsquery's own language and holds nothing that a stranger wrote."""
    return Match("to_tsquery('english', %s)", _COLUMN, (expression,))


def newest_matching(
    found: QuerySet[Incident], match: Match, *, window: int, most: int
) -> list[UUID]:
    """Ids of the newest `most` incidents of `found` that match, newest first.

    A query that names no word it wants (`-word`), and one the index does not hold, is answered
    from the newest `window` incidents alone.
    """
    newest = _walk(found, match, window=window, most=most)
    ids = newest.ids
    complete = newest.seen < window or len(ids) >= most
    if complete or newest.tree in ("", "T") or not match.indexed:
        return ids
    # Half as much again, in case that the matches do not lie evenly.
    windows = ceil(1.5 * most / len(ids)) if ids else 0
    if 0 < windows <= _WINDOWS_BACK:
        back = found.filter(pk__gte=_id_back(newest.oldest, windows))
        further = _look_up(back, match, most=most)
        if len(further) >= most:
            return further
    return _look_up(found, match, most=most)


@dataclass(frozen=True)
class _Newest:
    """How many rows were walked and the last one's id, which of them match, and what of the query
    an index can use."""

    seen: int
    oldest: UUID
    ids: list[UUID]
    tree: str


def _walk(found: QuerySet[Incident], match: Match, *, window: int, most: int) -> _Newest:
    column = RawSQL(match.column, [])  # noqa: S611 - our own SQL
    newest = found.order_by("-id").annotate(words=column).values("id", "words")[:window]
    inner, params = newest.query.sql_with_params()
    statement = f"""
        SELECT count(*), (array_agg(w.id ORDER BY w.id))[1],
            (array_agg(w.id ORDER BY w.id DESC) FILTER (WHERE w.words @@ q.query))[1:{most}],
            max(querytree(q.query))
        FROM (SELECT {match.query} AS query) q, ({inner}) w
    """  # noqa: S608 - the inner statement is Django's, everything foreign a parameter
    with connection.cursor() as cursor:
        cursor.execute(statement, [*match.params, *params])
        seen, oldest, ids, tree = cursor.fetchone()
    return _Newest(seen, oldest, ids or [], tree or "")


def _id_back(oldest: UUID, windows: int) -> UUID:
    """The least id of about so many windows, the newest of which ends with `oldest`: ids begin
    with the milliseconds of their making (RFC 9562 §5.7)."""
    now = int(clock.now().timestamp() * 1000)
    span = max(1, now - (oldest.int >> _BELOW_THE_TIME))
    return UUID(int=max(0, now - windows * span) << _BELOW_THE_TIME)


def _look_up(found: QuerySet[Incident], match: Match, *, most: int) -> list[UUID]:
    """The index's answer. OFFSET 0 keeps the planner from walking the whole table for a LIMIT."""
    condition = RawSQL(  # noqa: S611 - our own SQL, the words are parameters
        f"({match.column} @@ {match.query})", match.params, output_field=BooleanField()
    )
    inner, params = found.filter(condition).order_by().values("id").query.sql_with_params()
    statement = f"SELECT m.id FROM ({inner} OFFSET 0) m ORDER BY m.id DESC LIMIT {most}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row[0] for row in cursor.fetchall()]
