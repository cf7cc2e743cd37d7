"""What the carve-out's form holds: where the operator has the sections, and the button pressed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from kernel.errors import invalid
from phonehome.carving import joined, split_section
from phonehome.composing import CUSTOMER, MAX_SECTIONS, NAME_CHARACTERS, PRODUCT
from phonehome.console.forms import BODY_CHARACTERS, TITLE_CHARACTERS
from phonehome.console.page import ReviewPage
from phonehome.editing import sections_to_move

SIDES = (PRODUCT, CUSTOMER)
# Python reads no number of more than 4,300 digits; no section or paragraph has one of six.
_NUMBER = re.compile(r"[0-9]{1,6}")


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
    if verb not in (*SIDES, "up", "down", "split"):
        return sections, -1
    named = rest.split(":")
    numbers = [int(one) for one in named if _NUMBER.fullmatch(one)]
    if len(numbers) < len(named) or numbers[0] >= len(sections):
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
