"""What token rules share: a provider's own prefix, then random characters."""

from __future__ import annotations

from redaction.allow import entropy, is_stand_in
from redaction.types import Hit, Rule


def is_random(hit: Hit) -> bool:
    """A real token is not a documented example and not one character over and over."""
    return not is_stand_in(hit.value) and entropy(hit.value[-24:]) > 2.2


def has_digit_and_is_random(hit: Hit) -> bool:
    """For prefixes that words and CSS classes share (`sk-loading-spinner`)."""
    body = hit.value[3:]
    mixed = any(c.isdigit() for c in body) and any(c.isalpha() for c in body)
    return mixed and is_random(hit) and entropy(body) > 3.0


def not_aws_example(hit: Hit) -> bool:
    """AWS ends the key ids of its documentation in EXAMPLE."""
    return not hit.value.endswith("EXAMPLE") and is_random(hit)


def token(
    name: str,
    keyword: str,
    pattern: str,
    example: str,
    *negatives: str,
) -> Rule:
    """A row of a token table: everything but name, prefix, format and example is the same."""
    return Rule(
        name=name,
        type=f"secret.{name}",
        keywords=(keyword,),
        pattern=pattern,
        check=is_random,
        positives=(f"using «{example}» now", f'"value": "«{example}»",'),
        negatives=negatives,
    )
