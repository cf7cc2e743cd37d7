"""What token rules share: a provider's own prefix, then random characters."""

from __future__ import annotations

from collections.abc import Callable

from redaction.allow import entropy, is_made_of_stand_ins
from redaction.types import Hit, Rule, compile_bytes


def not_stand_in(prefix: str) -> Callable[[Hit], bool]:
    """A check that refuses only what is a stand-in as a whole behind the provider's `prefix`.

    The shape proves the token: neither a word in it nor low entropy makes it harmless.
    """
    pattern = compile_bytes(f"(?i)(?:{prefix})")

    def check(hit: Hit) -> bool:
        value = hit.value
        found = pattern.match(value.encode("latin-1"))
        body = value[found.end() :] if found else value
        return not (is_made_of_stand_ins(value) or is_made_of_stand_ins(body))

    return check


_is_ai_key = not_stand_in("sk-")


def is_ai_key(hit: Hit) -> bool:
    """For `sk-`, which words and CSS classes share: `sk-loading-spinner-2`.

    A word-like body has no long run of letters and digits mixed.
    """
    body = hit.value[3:]
    if not (any(c.isdigit() for c in body) and any(c.isalpha() for c in body)):
        return False
    longest = max(body.replace("_", "-").split("-"), key=len)
    is_token = len(longest) >= 16 and any(c.isdigit() for c in longest)
    return (is_token or entropy(body) > 3.0) and _is_ai_key(hit)


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
        check=not_stand_in(keyword),
        positives=(f"using «{example}» now", f'"value": "«{example}»",'),
        negatives=negatives,
    )
