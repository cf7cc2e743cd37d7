"""The raw material of a packet's body, marked product or customer.

Nothing is lost: the pieces of `report.text` all stand in some section, each once. In a mixed report
a sentence goes to the customer's side when it blames the customer's code or names nothing of the
product; only then may a line be cut, and only between two sentences.
Source: SPEC-115 §GitHub Issue Shape; architecture §Scope.
"""

from dataclasses import dataclass

from incidents.desk.assess import Assessment
from incidents.desk.blocks import PROSE, STEPS, TRACE, Block, cut_blocks
from incidents.desk.facts import NEUTRAL_KEYS
from incidents.desk.fences import closed, fenced
from incidents.desk.report import Report
from incidents.desk.scope import CUSTOMER, MIXED
from incidents.desk.sides import CUSTOMER_SIDE, PRODUCT_SIDE, Piece, side_pieces
from incidents.desk.title import MAX_TITLE_CHARS, title_of

SUMMARY = "Summary"
ENVIRONMENT = "Environment snapshot"
SYMPTOM = "Symptom record"
REPRODUCTION = "Reproduction steps"


@dataclass(frozen=True)
class Section:
    """One part of a body: Markdown `text` under `name`, on the `side` "product" or "customer"."""

    name: str
    side: str
    text: str


def compose_sections(report: Report, assessment: Assessment) -> list[Section]:
    """The sections in the order of SPEC-115, product side first; never empty.

    The texts are raw: they are redacted and reviewed before any of them leaves.
    """
    mixed = assessment.scope == MIXED
    whole = CUSTOMER_SIDE if assessment.scope == CUSTOMER else PRODUCT_SIDE
    blocks = cut_blocks(report)
    pieces: list[tuple[Block, Piece]] = []
    for block in blocks:
        cut = side_pieces(block) if mixed else [Piece(whole, block.text)]
        pieces += [(block, piece) for piece in cut]
    sections = [Section(SUMMARY, *_summary(report, assessment, pieces, whole=whole))]
    sections += _environment(report, mixed=mixed, whole=whole)
    for side in (PRODUCT_SIDE, CUSTOMER_SIDE):
        sections += _told(pieces, side)
    return sections


def _summary(
    report: Report, assessment: Assessment, pieces: list[tuple[Block, Piece]], *, whole: str
) -> tuple[str, str]:
    """Side and text. A mixed report's summary is taken from its product side alone."""
    if assessment.scope != MIXED:
        return whole, report.title
    prose = [p.text for b, p in pieces if p.side == PRODUCT_SIDE and b.kind == PROSE]
    if prose:
        return PRODUCT_SIDE, title_of("\n".join(prose).split("\n"), [])
    named = ", ".join(assessment.components) or "no component named"
    return PRODUCT_SIDE, f"A fault met beside the reporter's own ({named})"[:MAX_TITLE_CHARS]


def _environment(report: Report, *, mixed: bool, whole: str) -> list[Section]:
    facts = dict(report.environment)
    if report.install_type != "unknown":
        facts.setdefault("install_type", report.install_type)
    if report.git_rev:
        facts.setdefault("git_rev", report.git_rev)
    sides: dict[str, list[str]] = {PRODUCT_SIDE: [], CUSTOMER_SIDE: []}
    for name, value in facts.items():
        # What an agent adds under names of its own may tell of the customer's project.
        side = (PRODUCT_SIDE if name in NEUTRAL_KEYS else CUSTOMER_SIDE) if mixed else whole
        sides[side].append(f"- {name}: {value}")
    return [Section(ENVIRONMENT, side, "\n".join(rows)) for side, rows in sides.items() if rows]


def _told(pieces: list[tuple[Block, Piece]], side: str) -> list[Section]:
    """Symptom record and reproduction steps of one side, in the order in which they were told."""
    symptom: list[str] = []
    steps: list[str] = []
    for block, piece in pieces:
        text = piece.text.strip("\n").removeprefix(" ")  # the blank between two cut sentences
        if piece.side != side or not text.strip():
            continue
        if block.kind == STEPS:
            steps.append(text)
        elif block.kind == TRACE:
            symptom.append(fenced(text, block.language))
        else:
            symptom.append(text)
    named = ((SYMPTOM, symptom), (REPRODUCTION, steps))
    return [Section(name, side, closed("\n\n".join(texts))) for name, texts in named if texts]
