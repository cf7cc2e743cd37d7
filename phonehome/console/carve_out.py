"""The carve-out as the operator cuts it: the cards of both sides, and what would leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse

import redaction
from access.selectors import known_names
from kernel.errors import CareError, invalid
from kernel.markdown import preview, render_markdown
from phonehome.carving import (
    TITLE,
    CarveOut,
    customer_side,
    joined,
    paragraph_spans,
    split_section,
)
from phonehome.composing import CUSTOMER, MAX_SECTIONS, PRODUCT
from phonehome.console.forms import BODY_CHARACTERS, TITLE_CHARACTERS
from phonehome.console.page import ReviewPage
from phonehome.editing import recut_of, sections_to_move
from phonehome.overlap import Span, compare
from phonehome.services.write_revision import Content, Draft, draft_digest, draft_revision
from phonehome.transports.base import BODY_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS

SIDES = (PRODUCT, CUSTOMER)
NAME_CHARACTERS = 100


@dataclass(frozen=True)
class Cut:
    """Where the operator has the sections now; `changed` when that is not what is stored.

    `digest` is of the revision that was shown first: what is saved is a change of that one.
    """

    title: str
    sections: list[dict[str, str]]
    digest: str
    changed: bool = False
    moved: int = -1


@dataclass(frozen=True)
class Stretch:
    """Text in a row that stands on both sides, or on one."""

    text: str
    overlaps: bool


@dataclass(frozen=True)
class Paragraph:
    """`number` counts from 1."""

    number: int
    stretches: list[Stretch]


@dataclass(frozen=True)
class Card:
    """One section; `number` counts through both sides, from 0."""

    number: int
    name: str
    side: str
    text: str
    paragraphs: list[Paragraph]
    overlaps: int
    moved: bool


class CarvePage:
    """A packet's sections side by side, and the body that the product's side makes."""

    def __init__(self, page: ReviewPage, cut: Cut | None = None) -> None:
        self.page = page
        self.cut = cut or stored_cut(page)

    @property
    def url(self) -> str:
        return reverse("phonehome_console:carve_out", args=[self.page.record.pk])

    @property
    def next_number(self) -> int:
        return self.page.revision.number + 1

    @cached_property
    def content(self) -> Content:
        return recut_of(self.page.revision, title=self.cut.title, sections=self.cut.sections)

    @cached_property
    def _drafted(self) -> tuple[Draft | None, CareError | None]:
        try:
            return draft_revision(self.page.record, self.content), None
        except CareError as error:
            return None, error

    @property
    def draft(self) -> Draft | None:
        return self._drafted[0]

    @property
    def problem(self) -> CareError | None:
        """Why these sections make no packet; None when they do."""
        return self._drafted[1]

    @cached_property
    def carved(self) -> CarveOut | None:
        return self.draft.carve_out() if self.draft else None

    @property
    def found(self) -> list[dict[str, str]]:
        """Each overlap in words: in which part, of which section, what."""
        carved = self.carved
        if carved is None:
            return []
        return [
            {
                "part": carved.part(one).removesuffix("_markdown"),
                "section": carved.behind[one.behind]["name"],
                "excerpt": carved.excerpt(one),
            }
            for one in carved.overlaps
        ]

    @property
    def clean(self) -> bool:
        """Whether saving would not be refused for what is seen here."""
        return self.carved is not None and self.carved.clean

    @property
    def verdict(self) -> str:
        """The result in a few words."""
        if self.carved is None:
            return "no packet"
        if self.carved.clean:
            return "nothing on both sides"
        return f"{len(self.carved.overlaps)} on both sides"

    @property
    def title_overlaps(self) -> int:
        return len(self.carved.in_part(TITLE)) if self.carved else 0

    @property
    def too_short(self) -> list[str]:
        """Names of the customer sections that are too short to be looked for."""
        if self.carved is None:
            return []
        return [self.carved.behind[at]["name"] for at in self.carved.comparison.too_short]

    @property
    def source(self) -> list[Stretch]:
        """The body with the overlaps in it marked."""
        if self.draft is None or self.carved is None:
            return []
        spans = [one.span for one in self.carved.overlaps if one.text == 1]
        return stretches(self.draft.body, spans)

    @property
    def preview(self) -> str:
        return preview(render_markdown(self.draft.body)) if self.draft else ""

    @property
    def digest(self) -> str:
        if self.draft is None:
            return ""
        return draft_digest(self.page.record, self.draft, self.next_number)

    @property
    def sizes(self) -> list[tuple[str, int, int]]:
        if self.draft is None:
            return []
        return [
            ("Title", len(self.draft.title), TITLE_LIMIT_CHARACTERS),
            ("Body", len(self.draft.body), BODY_LIMIT_CHARACTERS),
        ]

    @property
    def findings(self) -> list[tuple[str, int]]:
        """What a scan finds in it, by type; a secret would refuse it."""
        if self.draft is None:
            return []
        text = f"{self.draft.title}\n{self.draft.body}"
        types = [one.type for one in redaction.scan(text, known_names(self.page.record.tenant_id))]
        return [(name, types.count(name)) for name in sorted(set(types))]

    @cached_property
    def cards(self) -> list[Card]:
        behind = customer_side(self.cut.sections)
        mine = [one for one in self.cut.sections if one["side"] == PRODUCT]
        leaving = [*(one["text"] for one in mine), self.cut.title]
        found = compare([one["text"] for one in behind], leaving)
        spans: dict[int, list[Span]] = {
            id(one): list(marks) for one, marks in zip(behind, found.behind, strict=True)
        }
        for one in found.outgoing:
            if one.text < len(mine):
                spans.setdefault(id(mine[one.text]), []).append(one.span)
        return [
            _card(number, one, spans.get(id(one), []), moved=number == self.cut.moved)
            for number, one in enumerate(self.cut.sections)
        ]

    @property
    def product(self) -> list[Card]:
        return [one for one in self.cards if one.side == PRODUCT]

    @property
    def customer(self) -> list[Card]:
        return [one for one in self.cards if one.side == CUSTOMER]


def stored_cut(page: ReviewPage) -> Cut:
    sections = sections_to_move(page.revision, page.incident.incident_id)
    return Cut(page.revision.title, sections, page.revision.packet_sha256)


def posted_cut(posted: QueryDict, page: ReviewPage) -> Cut:
    """What the form holds, after the button that was pressed.

    Raises invalid_request for a form that is not ours.
    """
    names, sides, texts = (posted.getlist(f"section_{one}") for one in ("name", "side", "text"))
    fits = len(names) == len(sides) == len(texts) <= MAX_SECTIONS
    if not fits or not set(sides) <= set(SIDES):
        raise invalid(sections=f"At most {MAX_SECTIONS}, each with a name, a side and a text.")
    if any(len(one) > NAME_CHARACTERS or not one.strip() for one in names):
        raise invalid(sections=f"Names of 1 to {NAME_CHARACTERS} characters.")
    if any(len(one) > 2 * BODY_CHARACTERS for one in texts):
        raise invalid(sections=f"Texts of at most {BODY_CHARACTERS} characters.")
    title = posted.get("title", "")[:TITLE_CHARACTERS]
    sections = [
        # Browsers send line ends as CR LF; the text keeps LF.
        {"name": name, "side": side, "text": text.replace("\r\n", "\n").replace("\r", "\n")}
        for name, side, text in zip(names, sides, texts, strict=True)
    ]
    sections, moved = _pressed(_in_order(sections), posted.get("do", ""))
    stored = stored_cut(page)
    changed = (title, joined(sections)) != (stored.title, joined(stored.sections))
    return Cut(title, sections, posted.get("digest", ""), changed=changed, moved=moved)


def _pressed(sections: list[dict[str, str]], button: str) -> tuple[list[dict[str, str]], int]:
    """The sections after `product:N`, `customer:N`, `up:N`, `down:N` or `split:N:K`, and which one
    was moved; other buttons move nothing."""
    verb, _, rest = button.partition(":")
    numbers = [int(one) for one in rest.split(":") if one.isascii() and one.isdigit()]
    if verb not in (*SIDES, "up", "down", "split"):
        return sections, -1
    if not numbers or numbers[0] >= len(sections):
        raise invalid(do="It names no section.")
    at = numbers[0]
    chosen = sections[at]
    if verb == "split":
        pieces = split_section(chosen, numbers[1] if len(numbers) > 1 else 0)
        return [*sections[:at], *pieces, *sections[at + 1 :]], at + len(pieces) - 1
    others = [*sections[:at], *sections[at + 1 :]]
    if verb in SIDES:
        placed = _in_order([*others, {**chosen, "side": verb}])
        return placed, _last_of(placed, verb)
    to = at - 1 if verb == "up" else at + 1
    if not 0 <= to < len(sections) or sections[to]["side"] != chosen["side"]:
        return sections, at
    return [*others[:to], chosen, *others[to:]], to


def _in_order(sections: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(sections, key=lambda one: SIDES.index(one["side"]))


def _last_of(sections: Sequence[dict[str, Any]], side: str) -> int:
    return max(number for number, one in enumerate(sections) if one["side"] == side)


def _card(number: int, section: dict[str, str], spans: list[Span], *, moved: bool) -> Card:
    text = section["text"]
    paragraphs = [
        Paragraph(place, stretches(text[start:end], _within(spans, start, end)))
        for place, (start, end) in enumerate(paragraph_spans(text), start=1)
    ]
    return Card(number, section["name"], section["side"], text, paragraphs, len(spans), moved)


def _within(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    clipped = (Span(max(one.start, start) - start, min(one.end, end) - start) for one in spans)
    return [one for one in clipped if one.start < one.end]


def stretches(text: str, spans: Iterable[Span]) -> list[Stretch]:
    """The text in pieces, the spans marked. They come in order and do not overlap."""
    pieces: list[Stretch] = []
    at = 0
    for span in spans:
        pieces += [
            Stretch(text[at : span.start], False),
            Stretch(text[span.start : span.end], True),
        ]
        at = span.end
    pieces.append(Stretch(text[at:], False))
    return [one for one in pieces if one.text]
