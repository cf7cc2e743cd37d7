"""Words and sentences: how the desk's rules read a text.

Reports are attacker text of up to 256 KiB, so everything here is linear in its length: one pass
cuts sentences, one pass cuts words, and phrases are found by looking up the first word.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A sentence ends at . ! ? ; before white space, at a blank line, or before a list item, heading or
# quotation. Each alternative starts with one fixed character, so no text makes it look twice.
BOUNDARY = re.compile(r"[.!?;](?=\s)|\n(?=[ \t]*(?:\n|[-*•#>|] |\d{1,3}[.)] ))")
_WORD = re.compile(r"[\w']+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'"})

# `KeyError`, `TimeoutException`: class names differ, what they say about the report does not.
ERROR_NAME = "an error name"
_ERROR_SUFFIXES = ("Error", "Exception")
_INTERROGATIVES = frozenset({"how", "what", "where", "which", "who", "whose", "why", "what's"})
_POLITE_WORDS = frozenset(
    {"hi", "hello", "hey", "dear", "thanks", "thank", "you", "please", "greetings", "good",
     "morning", "afternoon", "evening", "kind", "best", "regards", "cheers", "sage", "clara",
     "team", "all", "there", "many", "so", "much", "ok", "okay", "and"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, its words in lower case, and whether it asks something."""

    text: str
    words: tuple[str, ...]
    question: bool

    @property
    def greeting(self) -> bool:
        """Polite words around the matter ("Hi Sage", "Thanks!"), nothing stated."""
        return all(word in _POLITE_WORDS for word in self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a sentence at word `index`; `phrase` is the rule's wording."""

    index: int
    phrase: str
    length: int = 1


def spans(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentence spans that cover it without gap or overlap."""
    ends = [match.end() for match in BOUNDARY.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    starts = [0, *ends[:-1]]
    return list(zip(starts, ends, strict=True))


def read_sentence(text: str) -> Sentence:
    """Read one piece of text as a sentence, wherever it was cut."""
    words = []
    for raw in _WORD.findall(text.translate(_APOSTROPHES)):
        word = raw.strip("'")
        if word.endswith(_ERROR_SUFFIXES) and word not in _ERROR_SUFFIXES:
            words.append(ERROR_NAME)
        elif word:
            words.append(word.lower())
    opening = next((word for word in words if word not in _POLITE_WORDS), "")
    asks = "?" in text.rstrip()[-3:] or opening in _INTERROGATIVES
    return Sentence(text=text, words=tuple(words), question=asks)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text that hold at least one word."""
    read = (read_sentence(text[start:end]) for start, end in spans(text))
    return [sentence for sentence in read if sentence.words]


def inflect(word: str) -> tuple[str, ...]:
    """`crash~` stands for crash, crashes, crashed, crashing; a word without `~` for itself."""
    if not word.endswith("~"):
        return (word,)
    stem = word[:-1]
    if stem.endswith("e"):
        return (stem, stem + "s", stem + "d", stem[:-1] + "ing")
    return (stem, stem + "s", stem + "es", stem + "ed", stem + "ing")


class Lexicon:
    """Phrases to look for, and neutral phrases that hide them ("no error" hides "error").

    Phrases are lower-case words separated by spaces; only the last word may carry `~` (see
    `inflect`). The longest phrase at a place wins and its words are not looked at again.
    """

    def __init__(self, phrases: Iterable[str], neutral: Iterable[str] = ()) -> None:
        self._heads: dict[str, list[tuple[tuple[str, ...], str | None]]] = {}
        for phrase in phrases:
            self._add(phrase, counts=True)
        for phrase in neutral:
            self._add(phrase, counts=False)
        for entries in self._heads.values():
            entries.sort(key=lambda entry: len(entry[0]), reverse=True)

    def _add(self, phrase: str, *, counts: bool) -> None:
        if phrase == ERROR_NAME:
            self._heads.setdefault(phrase, []).append(((phrase,), phrase))
            return
        *front, last = phrase.split()
        for form in inflect(last):
            words = (*front, form)
            shown = " ".join(words) if counts else None
            self._heads.setdefault(words[0], []).append((words, shown))

    @property
    def forms(self) -> list[str]:
        """Every form of every phrase that counts, sorted."""
        found = {shown for entries in self._heads.values() for _, shown in entries if shown}
        return sorted(found)

    def hits(self, words: Sequence[str]) -> list[Hit]:
        """Every phrase in the words, left to right; neutral ones are passed over."""
        found: list[Hit] = []
        index, heads = 0, self._heads
        while index < len(words):
            for phrase, shown in heads.get(words[index], ()):
                if tuple(words[index : index + len(phrase)]) == phrase:
                    if shown is not None:
                        found.append(Hit(index, shown, len(phrase)))
                    index += len(phrase) - 1
                    break
            index += 1
        return found


def quoted(phrases: Iterable[str], *, most: int = 3) -> str:
    """Name the first few different phrases: `'crashes', 'failed' and 'broken'`."""
    names = [f"'{phrase}'" for phrase in dict.fromkeys(phrases)][:most]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
