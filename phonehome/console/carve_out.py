"""The carve-out as the operator cuts it: the cards of both sides, and what would leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

import redaction
from access.selectors import known_names
from kernel.errors import CareError
from kernel.markdown import preview, render_markdown
from phonehome.carving import (
    TITLE,
    CarveOut,
    customer_side,
    paragraph_spans,
)
from phonehome.composing import CUSTOMER, PRODUCT
from phonehome.console.carve_form import Cut, stored_cut
from phonehome.console.page import ReviewPage
from phonehome.editing import recut_of
from phonehome.overlap import Span, compare
from phonehome.services.write_revision import Content, Draft, draft_digest, draft_revision
from phonehome.transports.base import BODY_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS


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
