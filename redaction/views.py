"""Normalised views: the text as it reads once escapes and invisible characters are undone.

A view holds only the lines in which something was decoded, plus the plain text found inside
base64, so that its cost follows what is hidden and not the length of the text. Every position of
a view maps back to the characters it came from.
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right

from redaction.projection import WALL, WIDE, fold_char
from redaction.types import compile_bytes

MAX_DEPTH = 3

# What a view undoes: invisible characters and terminal colours (removed), percent, \u, \x,
# JSON string escapes and HTML entities (decoded). Runs are one match, to stay fast on dense text.
_ESCAPES = compile_bytes(
    r"(?P<drop>(?:\x01|\x1b\[[0-9:;<=>?]{0,32}[ -/]{0,4}[@-~]|\x1b[@-Z^_])+)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<unicode>(?:\\u[0-9A-Fa-f]{4})+)"
    r"|(?P<hex>(?:\\x[0-9A-Fa-f]{2})+)"
    r"|(?P<backslash>(?:\\[\\\"'/nrt])+)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[a-zA-Z]{2,8});)"
)
_HINTS = (b"\x01", b"\x1b", b"%", b"\\", b"&")
_ENTITIES = {
    "amp": "&", "apos": "'", "colon": ":", "commat": "@", "dash": "-", "dollar": "$",
    "equals": "=", "gt": ">", "hyphen": "-", "lowbar": "_", "lt": "<", "nbsp": " ", "num": "#",
    "percnt": "%", "period": ".", "plus": "+", "quot": '"', "semi": ";", "sol": "/",
    "NewLine": "\n", "Tab": "\t", "excl": "!", "quest": "?", "bsol": "\\", "lpar": "(",
    "rpar": ")", "comma": ",", "ast": "*", "shy": "", "zwj": "", "zwnj": "",
}  # fmt: skip
_BACKSLASH = bytes.maketrans(b"nrt", b"\n\r\t")
_BASE64 = compile_bytes(r"[A-Za-z0-9+/_\-]{20,}={0,2}")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
# Between parts that were not neighbours: no rule matches across a wall.
_BREAK = b"\n" + WALL + b"\n"
_PRINTABLE = bytes(range(32, 127)) + b"\t\n\r"


class View:
    """Decoded bytes and the way back to the bytes they were decoded from."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._starts: list[int] = []
        # origin start, origin end, stride: origin characters per view byte; 0 = all or nothing.
        self._origins: list[tuple[int, int, int]] = []
        self._length = 0

    def add(self, part: bytes, start: int, end: int, stride: int) -> None:
        """Append `part`, decoded from the origin's `start:end`."""
        if part:
            self._parts.append(part)
            self._starts.append(self._length)
            self._origins.append((start, end, stride))
            self._length += len(part)

    def data(self) -> bytes:
        return b"".join(self._parts)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty span of the view to the span of the origin that produced it."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        from_start, _, stride = self._origins[first]
        to_start, to_end, to_stride = self._origins[last]
        if stride:
            from_start += (start - self._starts[first]) * stride
        if to_stride:
            to_end = min(to_end, to_start + (end - self._starts[last]) * to_stride)
        return from_start, to_end


def decoded_view(data: bytes) -> View | None:
    """The view of everything `data` hides one layer deep, or None when it hides nothing."""
    view = View()
    if any(hint in data for hint in _HINTS):
        _add_escaped_lines(view, data)
    _add_base64(view, data)
    return view or None


def _add_escaped_lines(view: View, data: bytes) -> None:
    done = 0  # everything before it is in the view or on a line without escapes
    line_end = -1
    for match in _ESCAPES.finditer(data):
        start, end = match.span()
        if start >= line_end:
            if line_end >= 0:
                view.add(data[done:line_end] + _BREAK, done, line_end, 1)
            done = data.rfind(b"\n", 0, start) + 1
        view.add(data[done:start], done, start, 1)
        part, stride = _decode(match)
        view.add(part, start, end, stride)
        done = end
        if end > line_end:
            line_end = data.find(b"\n", end)
            if line_end < 0:
                line_end = len(data)
    if line_end >= 0:
        view.add(data[done:line_end] + _BREAK, done, line_end, 1)


def _decode(match: object) -> tuple[bytes, int]:
    """The decoded bytes of one match and how many characters each of them took."""
    run: bytes = match.group()  # type: ignore[attr-defined]
    if run[:1] == b"%":
        return bytes.fromhex(run.replace(b"%", b"").decode("ascii")), 3
    if run[:2] == b"\\u":
        points = run.decode("ascii").split("\\u")[1:]
        return b"".join(fold_char(int(point, 16)) for point in points), 6
    if run[:2] == b"\\x":
        return bytes.fromhex(run.replace(b"\\x", b"").decode("ascii")), 4
    if run[:1] == b"\\":
        return run[1::2].translate(_BACKSLASH), 2
    if run[:1] == b"&":
        return _entity(run[1:-1].decode("ascii")), 0
    return b"", 0


def _entity(name: str) -> bytes:
    if name[:2] in ("#x", "#X"):
        return fold_char(int("0" + name[1:], 16))
    if name[:1] == "#":
        return fold_char(int(name[1:]))
    plain = _ENTITIES.get(name)
    return WIDE if plain is None else plain.encode("ascii")


def _add_base64(view: View, data: bytes) -> None:
    for match in _BASE64.finditer(data):
        start, end = match.span()
        plain = _plain_text(data[start:end])
        if plain is not None:
            # A finding anywhere inside covers the whole run: half of it would still decode.
            view.add(plain + _BREAK, start, end, 0)


def _plain_text(run: bytes) -> bytes | None:
    """Decode a base64 run that holds readable text; None for anything else."""
    run = run.rstrip(b"=").translate(_TO_STANDARD)
    try:
        if base64.b64decode(run[:16]).translate(None, _PRINTABLE):
            return None
        plain = base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + b"===")
    except (binascii.Error, ValueError):
        return None
    unreadable = len(plain.translate(None, _PRINTABLE))
    return plain if unreadable * 8 <= len(plain) else None
