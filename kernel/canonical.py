"""Canonical JSON (RFC 8785) and SHA-256 digests, lower-case hex, of what it encodes."""

import hashlib
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical form: an integer beyond 2**53, NaN, a lone surrogate, a key
    that is not text."""


def canonical_json(value: Any) -> bytes:
    """The RFC 8785 encoding of `value`. Raises NotCanonical."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 over the canonical JSON of `value`. Raises NotCanonical."""
    return sha256_hex(canonical_json(value))
