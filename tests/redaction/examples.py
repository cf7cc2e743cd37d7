"""Expand the examples that rules carry: `{alnum:36}` into random text, «value» into its span."""

from __future__ import annotations

import base64
import random
import re
import string

from stdnum import luhn

_ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "hex": "0123456789abcdef",
    "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "b64": string.ascii_letters + string.digits + "+/",
}
_PART = re.compile(r"\{([a-z0-9]+)(?::(\d+))?\}")


def expand(example: str, seed: int = 0) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of an example and the spans that must be covered."""
    chance = random.Random(f"{seed}{example}")

    def part(match: re.Match[str]) -> str:
        name, size = match.group(1), int(match.group(2) or 0)
        if name == "card":
            body = "4" + "".join(chance.choices(string.digits, k=14))
            return body + luhn.calc_check_digit(body)
        if name == "basic":
            password = "".join(chance.choices(_ALPHABETS["alnum"], k=9))
            return base64.b64encode(f"alice:{password}".encode()).decode()
        if name == "nonzero":
            return chance.choice("123456789") + "".join(chance.choices(string.digits, k=size - 1))
        if name not in _ALPHABETS:
            return match.group()
        value = "".join(chance.choices(_ALPHABETS[name], k=size))
        # Letters alone may spell a name; a random value of this length nearly always has a digit.
        if name in ("alnum", "b64", "hex") and size >= 4:
            value = (
                value[:1] + "7k"[: 1 if name == "hex" else 2] + value[2 if name == "hex" else 3 :]
            )
        return value

    text, spans, start = "", [], 0
    for piece in re.split("([«»])", _PART.sub(part, example)):
        if piece == "«":
            start = len(text)
        elif piece == "»":
            spans.append((start, len(text)))
        else:
            text += piece
    return text, spans
