"""E-mail addresses and phone numbers."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from redaction.allow import is_public_host, words
from redaction.types import Hit, Rule

_FILE_ENDINGS = words(
    "png jpg jpeg gif svg webp css js ts json yaml yml py rb go rs md txt html lock service"
)


def _is_email(hit: Hit) -> bool:
    local, _, domain = hit.value.lower().rpartition("@")
    ending = domain.rpartition(".")[2]
    if domain.endswith(".localhost") or ending in _FILE_ENDINGS:
        return False
    if ".".join(domain.split(".")[-2:]) in ("example.com", "example.net", "example.org"):
        return False
    if local in ("git", "hg", "svn") and hit.after(1) in (":", "/"):
        return False  # a repository address, not a mailbox
    if local in ("noreply", "no-reply", "donotreply") and is_public_host(domain):
        return False
    # The end of a password in `scheme://user:password@host` is not a mailbox.
    before = hit.before(80).rpartition(" ")[2]
    return not ("://" in before and not any(mark in before.partition("://")[2] for mark in "/?="))


@lru_cache(maxsize=4096)
def _is_possible_number(value: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_fictional(digits: str) -> bool:
    """555-0100 to 555-0199 are kept free for fiction."""
    national = digits[-10:]
    return len(national) == 10 and national[3:8] == "55501"


def _is_international(hit: Hit) -> bool:
    digits = "".join(c for c in hit.value if c.isdigit())
    if not 8 <= len(digits) <= 15 or digits.startswith("0") or _is_fictional(digits):
        return False
    return hit.after(1) not in (":", "%") and _is_possible_number("+" + digits, None)


def _is_national(hit: Hit) -> bool:
    digits = "".join(c for c in hit.value if c.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10 or _is_fictional(digits):
        return False
    # North American areas and exchanges begin with 2 to 9 and are not N11.
    return digits[0] > "1" and digits[3] > "1" and digits[1:3] != "11" and digits[4:6] != "11"


def _is_labelled(hit: Hit) -> bool:
    digits = "".join(c for c in hit.value if c.isdigit())
    return 7 <= len(digits) <= 15 and not _is_fictional(digits) and len(set(digits)) > 2


RULES: tuple[Rule, ...] = (
    Rule(
        name="email",
        type="pii.email",
        keywords=("@",),
        pattern=r"[A-Za-z0-9\xc0-\xff_][A-Za-z0-9\xc0-\xff._%+'\-]*@"
        r"(?:[A-Za-z0-9\xc0-\xff](?:[A-Za-z0-9\xc0-\xff\-]*[A-Za-z0-9\xc0-\xff])?\.)+"
        r"[A-Za-z\xc0-\xff][A-Za-z0-9\xc0-\xff\-]*[A-Za-z\xc0-\xff]",
        severity="medium",
        check=_is_email,
        positives=(
            "mail «jane.doe+x@acme-corp.de» failed",
            "<«j@sub.mail.acme.co.uk»>,",
            "user=«o'neil@acme.io»&x=1",
            "«bob@corp.example», «ann@mail.acme.test», «x@acme.invalid»",
        ),
        negatives=(
            "support@example.com",
            "support@mail.example.org",
            "lodash@4.17.21",
            "git@github.com:acme/x",
            "icon@2x.png",
            "@app.route('/x')",
        ),
    ),
    Rule(
        name="phone_international",
        type="pii.phone",
        keywords=(r"\+ ?\(?[1-9]|\b00[1-9]",),
        pattern=r"\+ ?\(?[1-9][0-9]{0,2}\)?(?:[ .\-/()]{0,3}[0-9]){6,13}\b",
        severity="medium",
        check=_is_international,
        positives=(
            "call «+49 30 901820» now",
            "tel:«+14155552671»",
            "«+44 (0)20 7946 0958»",
        ),
        negatives=("+1 202-555-0143", "2026-11-20T10:00:00+0100", "+1234"),
    ),
    Rule(
        name="phone_national",
        type="pii.phone",
        keywords=(r"[0-9]{3}\)?[ .\-]{1,2}[0-9]{3}[ .\-][0-9]{4}",),
        pattern=r"(?:\b1[ .\-])?(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}["
        r" .\-][0-9]{4}\b",
        severity="medium",
        check=lambda hit: _is_national(hit) and hit.before(1) not in ("-", ".", "/", "=", "#"),
        positives=("reach me at «(415) 867-5309»", "or «212-736-5000», ok"),
        negatives=("555-0123", "202-555-0143", "10.200.300.4000"),
    ),
    Rule(
        name="phone_labelled",
        type="pii.phone",
        keywords=("phone|mobile|tel|fax|whatsapp|handy|sms|cell|msisdn",),
        pattern=r"(?i)(?:phone(?:_?number)?|mobile|telephone|tel(?:efon)?|fax|whatsapp|handy|sms"
        r"|cell"
        r"|msisdn|(?:call|ring|reach)(?: me| us| him| her)? (?:at|on))[\"']?(?: ?(?:no|nr"
        r"|number))?\.?[ ]{0,2}"
        r"[:=]?[ ]{0,2}[\"']?(?P<v>\(?[0-9](?:[ .\-/()]{0,2}[0-9]){6,13})\b",
        severity="medium",
        check=_is_labelled,
        positives=('"phone": "«030 9018 2077»"', "mobile: «07700 900 418»"),
        negatives=("phone: 202-555-0143", "tel: none"),
    ),
)
