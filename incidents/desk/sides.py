"""Carve a mixed report: which words are about the product, which about the customer's own."""

from dataclasses import dataclass

from incidents.desk.blocks import TRACE, Block
from incidents.desk.scope import read_evidence
from incidents.desk.wording import read_sentence, spans

PRODUCT_SIDE, CUSTOMER_SIDE = "product", "customer"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a block that belongs to one side."""

    side: str
    text: str


def side_pieces(block: Block) -> list[Piece]:
    """The block as pieces that alternate sides; joined, their texts are the block's text."""
    if block.kind == TRACE:
        return _merge(_trace_pieces(block.text.split("\n")))
    return _merge([Piece(_side(part), part) for part in _sentences(block.text)])


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


def _side(text: str) -> str:
    """Product only where the product is named and the customer's code is not blamed."""
    evidence = read_evidence(read_sentence(text))
    return PRODUCT_SIDE if evidence.product and not evidence.customer else CUSTOMER_SIDE


def _trace_pieces(lines: list[str]) -> list[Piece]:
    """A frame is a place and the code line beneath it; the last line follows the last frame."""
    pieces: list[Piece] = []
    side = CUSTOMER_SIDE
    for number, line in enumerate(lines):
        place = line.lstrip().startswith(('File "', "at ")) or ".go:" in line
        names_product = "prism" in line.lower()
        if place or number == 0:
            side = PRODUCT_SIDE if names_product else CUSTOMER_SIDE
        elif names_product and side == CUSTOMER_SIDE and not line.startswith((" ", "\t")):
            side = PRODUCT_SIDE
        pieces.append(Piece(side, line if number == len(lines) - 1 else line + "\n"))
    return pieces


def _merge(pieces: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    run: list[str] = []
    for number, piece in enumerate(pieces):
        run.append(piece.text)
        if number + 1 == len(pieces) or pieces[number + 1].side != piece.side:
            merged.append(Piece(piece.side, "".join(run)))
            run = []
    return merged
