"""Finding incidents by words, and past ones that resemble one.

Every answer costs the same however many incidents there are: it looks at the newest `WINDOW` of
them and, for words that are rare among those, into the index. What is found newest first is then
ranked, at most `CANDIDATES` of it.
"""

from incidents.search.similar import (
    SAME_FINGERPRINT,
    WORDS,
    Similar,
    similar_incidents,
)
from incidents.search.words import CANDIDATES, LONGEST_QUERY, search_incidents, search_words

__all__ = [
    "CANDIDATES",
    "LONGEST_QUERY",
    "SAME_FINGERPRINT",
    "WORDS",
    "Similar",
    "search_incidents",
    "search_words",
    "similar_incidents",
]
