"""Paths taken out of use, and finding them in what is said later; plain Python, linear.

A path is written with hyphens here and underscores there, so these are one, and upper and lower
case too. It counts only as a word of its own: `ticket-write-v1` is not `ticket-write-v10`.
Source: seed 002 §10, "a retired path remains alive after a supposedly closed incident".
"""

import re
from collections.abc import Iterable

_PREFIX = re.compile(r"\Aretire[-_]", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")
_TOO_SHORT = 4
# Words that stand in any report; nothing is called by one of these alone.
_TOO_COMMON = frozenset(
    ("agent", "canary", "error", "path", "policy", "service", "test", "tool", "tools", "version")
)


def path_of(ref: str) -> str:
    """The path that a plan called `retire-ticket-write-v1` ends."""
    return _PREFIX.sub("", ref.strip(), count=1)


def too_vague(path: str) -> bool:
    folded = fold(path)
    return len(folded) < _TOO_SHORT or folded in _TOO_COMMON or _WORD.search(folded) is None


def fold(text: str) -> str:
    return text.casefold().replace("_", "-").strip()


def seen_paths(paths: Iterable[str], texts: Iterable[str]) -> set[str]:
    """Which of `paths` stand in any of `texts`."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for path in paths:
        folded = fold(path)
        word = _WORD.search(folded)
        if word is not None:
            # What stands before the first word (a slash, a dot) is part of the path as well.
            wanted.setdefault(word.group(), []).append((folded, path))
    if not wanted:
        return set()
    found: set[str] = set()
    for text in texts:
        folded_text = fold(text)
        for word in _WORD.finditer(folded_text):
            for folded, path in wanted.get(word.group(), ()):
                lead = folded.index(word.group())
                start = word.start() - lead
                end = start + len(folded)
                if (
                    start >= 0
                    and folded_text.startswith(folded, start)
                    and _ends_word(folded, folded_text, end)
                ):
                    found.add(path)
    return found


def _ends_word(path: str, text: str, end: int) -> bool:
    """Nothing goes on with the path's last word. The first is whole because it was looked up."""
    return not (_WORD.match(path[-1]) and _WORD.match(text[end : end + 1]))
