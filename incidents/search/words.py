"""What `?q=` may say, as in a web search: `lost signal`, `"exact phrase"`, `this or that`,
`-without`."""

import re

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from incidents.models import Incident
from incidents.search import plain, postgresql
from kernel.errors import invalid

LONGEST_QUERY = 200
CANDIDATES = 100
WINDOW = 1_000

_INCIDENT_ID = re.compile(r"inc-\d{4}-\d{2}-\d{2}-\d{3,9}", re.IGNORECASE | re.ASCII)


def search_words(text: str) -> str:
    """The words of a query as sent. Raises invalid_request: blank, too long, NUL."""
    words = text.strip()
    if not words:
        raise invalid(q="Say at least one word.")
    if len(words) > LONGEST_QUERY:
        raise invalid(q=f"May not be longer than {LONGEST_QUERY} characters.")
    if "\x00" in words:
        raise invalid(q="May not hold a NUL character.")
    return words


def search_incidents(
    found: QuerySet[Incident], words: str, *, limit: int = CANDIDATES, desk: bool = True
) -> list[Incident]:
    """The incidents of `found` that match `words`, best first, newer before older where equal.

    `found` holds the tenant's filter and any other. An incident's id finds that incident. Without
    `desk` only title and report are searched: what the desk wrote is not the reporter's to probe.
    On SQLite words match as parts of words, without stems. On PostgreSQL what has no blanks between
    its words matches as a whole; of report and text the first 60,000 characters are searched, and
    parts of paths, hosts, versions and addresses in the first 20,000.
    """
    limit = min(limit, CANDIDATES)
    if _INCIDENT_ID.fullmatch(words):
        return list(found.filter(incident_id=words.lower())[:limit])
    if connection.vendor != "postgresql":
        matches = plain.matching(found, words, window=WINDOW, desk=desk)
        return plain.ranked(matches.order_by("-id")[:CANDIDATES], words)[:limit]
    match = postgresql.web_search(words, desk=desk)
    ids = postgresql.newest_matching(found, match, window=WINDOW, most=CANDIDATES)
    rank = RawSQL(match.rank, match.params)  # noqa: S611 - our own SQL, the words are parameters
    return list(found.filter(pk__in=ids).annotate(rank=rank).order_by("-rank", "-id")[:limit])
