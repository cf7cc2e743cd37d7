"""Payment cards, bank accounts and social security numbers, by their checksums."""

from __future__ import annotations

from stdnum import iban, luhn

from redaction.types import Hit, Rule


def _digits(hit: Hit) -> str:
    return "".join(c for c in hit.value if c.isdigit())


def _has_brand(number: str) -> bool:
    """Whether prefix and length belong to a card brand; other numbers pass Luhn by chance."""
    size, two, three, four = (
        len(number),
        int(number[:2]),
        int(number[:3]),
        int(number[:4]),
    )
    return (
        (number[0] == "4" and size in (13, 16, 19))
        or (size == 16 and (51 <= two <= 55 or 2221 <= four <= 2720))
        or (size == 15 and two in (34, 37))
        or (size == 14 and (300 <= three <= 305 or two in (36, 38, 39)))
        or (16 <= size <= 19 and (four == 6011 or two in (62, 64, 65) or 3528 <= four <= 3589))
        or (16 <= size <= 19 and (two in (50, 81) or 56 <= two <= 69))
    )


def _card_length(value: str) -> int:
    """How much of `value` is a card number: a short group behind it may be its check code."""
    for end in (len(value), len(value.rstrip("0123456789")) - 1):
        number = "".join(c for c in value[:end] if c.isdigit())
        if len(number) < 13:
            return 0
        if len(set(number)) > 1 and _has_brand(number) and luhn.is_valid(number):
            return end
    return 0


def _is_card(hit: Hit) -> bool:
    if hit.before(1) in (".", "-", "/", "_") or hit.after(1) in ("-", "_"):
        return False
    if hit.after(1) == "/" and hit.value.isdigit():
        return False
    if hit.after(1) == "." and hit.after(2)[1:].isdigit():
        return False
    return _card_length(hit.value) > 0


def _is_ssn(hit: Hit) -> bool:
    area, group, serial = hit.value[:3], hit.value[-7:-5], hit.value[-4:]
    if hit.before(1) in ("-", ".", "/") or hit.after(1) in ("-", "/"):
        return False
    if area in ("000", "666") or area >= "900" or group == "00" or serial == "0000":
        return False
    return hit.value not in ("078-05-1120", "219-09-9999")


def _is_labelled_ssn(hit: Hit) -> bool:
    number = _digits(hit)
    return len(number) == 9 and number[:3] not in ("000", "666") and number[0] != "9"


def _is_iban(hit: Hit) -> bool:
    return bool(iban.is_valid(hit.value.upper()))


RULES: tuple[Rule, ...] = (
    Rule(
        name="payment_card",
        type="pii.payment_card",
        keywords=(r"[0-9][0-9 \-./]{11,30}[0-9]",),
        # Dots and slashes part versions and dates too, so there the groups must be a card's.
        pattern=r"\b(?:[2-6][0-9]{3}(?:[ \-./][0-9]{4}){2}[ \-./][0-9]{1,4}(?:[ \-./][0-9]{3})?"
        r"|3[0-9]{3}[ \-./][0-9]{6}[ \-./][0-9]{4,5}|[2-6](?:[ \-]?[0-9]){12,18})\b",
        check=_is_card,
        trim=_card_length,
        positives=(
            "card «4242 4242 4242 4242» declined",
            "pan=«{card}»",
            "card «4242 4242 4242 4242» 123, exp 12/27",
            "amex «3782-822463-10005», «3782.822463.10005»",
            "pay «4242.4242.4242.4242». Or «4242/4242/4242/4242», «4242.4242-4242 4242»",
            "«4242.4242.4242.4242»/acme",
        ),
        negatives=(
            "card 4242 4242 4242 4243",
            "4242.4242.4242.4243 and 4242.4242.4242.4242.4242",
            "order 1234567890123456",
            "t=1763640000000000000",
        ),
    ),
    Rule(
        name="us_ssn",
        type="pii.us_ssn",
        keywords=(r"[0-9]{3}[\- ][0-9]{2}[\- ][0-9]{4}",),
        pattern=r"\b[0-9]{3}(?:-[0-9]{2}-|[ ][0-9]{2}[ ])[0-9]{4}\b",
        check=_is_ssn,
        positives=("ssn «536-22-8145»", "SSN: «536 22 8145»"),
        negatives=("000-12-3456", "078-05-1120", "12-536-22-8145-9"),
    ),
    Rule(
        name="us_ssn_labelled",
        type="pii.us_ssn",
        keywords=(r"ssn|social.security",),
        pattern=r"(?i)\b(?:ssn|social[ _\-]security(?:[ _\-](?:number|no))?)[\"']?[ #:=\"']{1,4}"
        r"(?P<v>[0-9]{3}[. \-]?[0-9]{2}[. \-]?[0-9]{4})\b",
        check=_is_labelled_ssn,
        positives=("ssn=«536228145»",),
        negatives=("ssn=000123456",),
    ),
    Rule(
        name="iban",
        type="pii.iban",
        keywords=(r"\b[a-z]{2}[0-9]{2}[ \-]?[0-9a-z]{4}[ \-]?[0-9a-z]{4}",),
        pattern=r"(?i)\b[A-Z]{2}[0-9]{2}(?:[ \-]?[0-9A-Z]{4}){2,7}(?:[ \-]?[0-9A-Z]{1,3})?\b",
        check=lambda hit: _is_iban(hit),
        positives=("iban «DE89 3704 0044 0532 0130 00».", "«GB82WEST12345698765432»"),
        negatives=("DE89 3704 0044 0532 0130 01", "ab12cdef34567890ab12"),
    ),
)
