"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by creation and index well."""

import secrets
from uuid import UUID

import uuid_utils.compat

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()


def new_correlation_id() -> str:
    """`req_` and 16 characters of Crockford's base 32: 80 random bits, easy to read aloud."""
    return "req_" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
