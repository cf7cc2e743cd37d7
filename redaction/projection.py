"""Text as the rules see it: one byte per code point.

RE2 works on bytes. Encoding as UTF-8 would make every offset wrong and fails on lone surrogates,
so the text is projected: look-alikes fold to ASCII (full-width, mathematical and Cyrillic or
Greek letters that look Latin), invisible characters become INVISIBLE; of the other characters above
U+00FF, letters and digits become WIDE, which rules may treat as a letter, and the rest MARK, which
ends a value as a comma would. Index n of the result is code point n.
"""

from __future__ import annotations

import codecs
import unicodedata

INVISIBLE = "\x01"
WIDE = b"\xff"
MARK = b"\xb6"
# Stands where a placeholder or a reference line is. Form feed ends every value: rules exclude it.
WALL = b"\x0c"

_INVISIBLE_RANGES = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE01EF),
)
_COMPATIBILITY_RANGES = (
    (0x2000, 0x200A),
    (0x2024, 0x205F),
    (0x2070, 0x209C),
    (0x2100, 0x214F),
    (0x2460, 0x24FF),
    (0x3000, 0x3000),
    (0xFE50, 0xFE6B),
    (0xFF01, 0xFF5E),
    (0x1D400, 0x1D7FF),
)
_LOOK_ALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТХУавеѕіјкмнорсухһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρι",
        "ABESIJKMHOPCTXYabesijkmhopcyxhdqwlABEZHIKMNOPTYXaovpi",
        strict=True,
    )
) | {
    **dict.fromkeys("‐‑‒–−", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("։∶", ":"),
    **dict.fromkeys("。．…", "."),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("“”„‟", '"'),
}


def _fold_table() -> dict[int, str]:
    table = {ord(char): plain for char, plain in _LOOK_ALIKES.items()}
    for first, last in _COMPATIBILITY_RANGES:
        for point in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(point))
            if len(plain) == 1 and plain.isascii():
                table.setdefault(point, plain)
    for first, last in _INVISIBLE_RANGES:
        for point in range(first, last + 1):
            table[point] = INVISIBLE
    # The other line ends of Unicode and the no-break space.
    table.update({0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0xA0: " ", 0x202F: " "})
    return table


_FOLD = _fold_table()


def _widen(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    run = error.object[error.start : error.end]
    return b"".join(WIDE if char.isalnum() else MARK for char in run), error.end


def _fold(error: UnicodeError) -> tuple[bytes, int]:
    # Called once per run of characters beyond ASCII, so plain stretches cost nothing.
    assert isinstance(error, UnicodeEncodeError)
    run = error.object[error.start : error.end]
    return run.translate(_FOLD).encode("latin-1", "redaction-widen"), error.end


codecs.register_error("redaction-widen", _widen)
codecs.register_error("redaction-fold", _fold)


def project(text: str) -> bytes:
    """Return `text` as bytes of the same length, one per code point. Never raises."""
    return text.encode("ascii", "redaction-fold")


def fold_char(point: int) -> bytes:
    """The projected byte of one code point; WIDE for a number that is no code point."""
    return project(chr(point)) if point <= 0x10FFFF else WIDE
