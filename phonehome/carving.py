"""The carve-out of a mixed case: what stays behind, and that none of it is in what would leave
(architecture.md §Scope)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kernel.errors import CareError
from phonehome.composing import CUSTOMER, PRODUCT, Facts, own_wording
from phonehome.errors import CARVE_OUT_OVERLAP
from phonehome.overlap import Comparison, Overlap, compare
from phonehome.plain_text import fence_after

# The kept "field" of a mixed packet in which nobody said what is the customer's: an operator
# acknowledges it like every kept value.
NOT_MARKED = "carve_out.no_customer_side"
TITLE, BODY, LABELS = "title", "body_markdown", "labels"
_SHOWN = 20
_EXCERPT_CHARACTERS = 80
_ROUNDS = 20

Section = Mapping[str, str]


@dataclass(frozen=True)
class CarveOut:
    """The customer's sections beside what would leave, compared."""

    behind: tuple[Section, ...]
    outgoing: tuple[str, ...]
    comparison: Comparison

    @property
    def clean(self) -> bool:
        return self.comparison.clean

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        return self.comparison.outgoing

    def part(self, overlap: Overlap) -> str:
        """Where in the packet an overlap stands: title, body_markdown or labels."""
        return {0: TITLE, 1: BODY}.get(overlap.text, LABELS)

    def in_part(self, part: str) -> list[Overlap]:
        return [one for one in self.overlaps if self.part(one) == part]

    def excerpt(self, overlap: Overlap) -> str:
        """The overlapping words as the packet has them, cut to a line's length."""
        words = self.outgoing[overlap.text][overlap.span.start : overlap.span.end]
        line = " ".join(words.split())
        short = len(line) <= _EXCERPT_CHARACTERS
        return line if short else f"{line[: _EXCERPT_CHARACTERS - 1]}…"


def carve_out(
    *, title: str, body: str, labels: Sequence[str], sections: Iterable[Section], facts: Facts
) -> CarveOut:
    """Compare the customer's side of `sections` with everything that would leave."""
    behind = customer_side(sections)
    outgoing = (title, body, *labels)
    compared = compare([one["text"] for one in behind], outgoing, own_wording(facts))
    return CarveOut(tuple(behind), outgoing, compared)


def refuse_overlap(carved: CarveOut) -> None:
    """Raise phone_home_carve_out_overlap when a stretch of the customer's side would leave.

    `details.overlaps` quotes only what the caller would send; positions are code points of the
    title, the body with its standard sections, or the label.
    """
    if carved.clean:
        return
    found = [
        {
            "section": carved.behind[one.behind]["name"],
            "part": carved.part(one),
            "start": one.span.start,
            "end": one.span.end,
            "characters": one.span.end - one.span.start,
            "excerpt": carved.excerpt(one),
        }
        for one in carved.overlaps
    ]
    parts = sorted({str(one["part"]) for one in found})
    many = len(found) > 1
    raise CareError(
        CARVE_OUT_OVERLAP,
        message=f"{len(found)} stretch{'es' if many else ''} of what would leave "
        f"({', '.join(parts)}) stand{'' if many else 's'} in a section that stays behind.",
        fields={part: _sentences(found, part) for part in parts},
        details={"count": len(found), "overlaps": found[:_SHOWN]},
    )


def _sentences(found: Sequence[Mapping[str, object]], part: str) -> list[str]:
    return [
        f"Characters {one['start']} to {one['end']} stand in “{one['section']}”: "
        f"“{one['excerpt']}”."
        for one in [one for one in found if one["part"] == part][:_SHOWN]
    ]


def customer_side(sections: Iterable[Section]) -> list[Section]:
    return [one for one in sections if one["side"] == CUSTOMER and one["text"].strip()]


def product_side(sections: Iterable[Section]) -> list[Section]:
    return [one for one in sections if one["side"] == PRODUCT and one["text"].strip()]


def parted(sections: Sequence[Section]) -> list[dict[str, str]]:
    """The sections with every product paragraph that repeats a customer's words moved behind.

    A paragraph that moved is a customer's from then on, so this goes on until nothing repeats.
    """
    blocks = [
        {**one, "text": text}
        for one in sections
        for text in (paragraphs(one["text"]) if one["side"] == PRODUCT else [one["text"]])
    ]
    for _ in range(_ROUNDS):
        behind = [one["text"] for one in customer_side(blocks)]
        mine = [one for one in blocks if one["side"] == PRODUCT]
        found = compare(behind, [one["text"] for one in mine])
        if found.clean:
            break
        for number in {one.text for one in found.outgoing}:
            mine[number]["side"] = CUSTOMER
    return joined(sorted(blocks, key=lambda one: one["side"] == CUSTOMER))


def joined(sections: Iterable[Section]) -> list[dict[str, str]]:
    """Neighbours of one side and name as one section."""
    whole: list[dict[str, str]] = []
    for one in sections:
        last = whole[-1] if whole else None
        if last and (last["side"], last["name"]) == (one["side"], one["name"]):
            last["text"] = f"{last['text'].rstrip(chr(10))}\n\n{one['text'].lstrip(chr(10))}"
        else:
            whole.append({"name": one["name"], "side": one["side"], "text": one["text"]})
    return whole


def paragraphs(text: str) -> list[str]:
    """Parts between blank lines, a code block whole."""
    return [text[start:end] for start, end in paragraph_spans(text)]


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Where each of `paragraphs` starts and ends; only blank lines stand between them."""
    spans: list[tuple[int, int]] = []
    fence, at, open_ = "", 0, False
    for line in text.split("\n"):
        fence = fence_after(line, fence)
        if line.strip() or fence:
            start = spans.pop()[0] if open_ else at
            spans.append((start, at + len(line)))
            open_ = True
        else:
            open_ = False
        at += len(line) + 1
    return spans


def split_section(section: Section, after: int) -> list[dict[str, str]]:
    """The section as two, the first with its first `after` paragraphs; as it is when that leaves
    one of them without any."""
    spans = paragraph_spans(section["text"])
    if not 0 < after < len(spans):
        return [dict(section)]
    cut = spans[after - 1][1]
    texts = (section["text"][:cut], section["text"][cut:].lstrip("\n"))
    return [{**section, "text": text} for text in texts]
