"""Digests a decision is bound to (architecture.md §6, SPEC-115 §Idempotency)."""

from collections.abc import Sequence
from typing import Any

from kernel.canonical import digest_of, sha256_hex

# Moves when what is checked before an approval changes; an approval under another version is void.
POLICY_VERSION = "2026-11-01"


def body_digest(body: str) -> str:
    """SHA-256 of the body's UTF-8 bytes."""
    return sha256_hex(body.encode())


def packet_payload(
    *,
    repo: str,
    visibility: str,
    title: str,
    body: str,
    labels: Sequence[str],
    incident_id: str,
    revision: int,
    policy_version: str,
) -> dict[str, Any]:
    """Everything that will be sent, in the form the digest is taken over."""
    return {
        "repository": repo,
        "visibility": visibility,
        "title": title,
        "body": body,
        "labels": list(labels),
        "incident": incident_id,
        "revision": revision,
        "policy_version": policy_version,
    }


def packet_digest(**payload: Any) -> str:
    """SHA-256 over the canonical JSON of `packet_payload`."""
    return digest_of(packet_payload(**payload))


def idempotency_key(*, pid: str, incident_id: str, title: str, body_sha256: str) -> str:
    """The stable hash of SPEC-115: pid + incident_id + title + body_sha256."""
    return digest_of(
        {"pid": pid, "incident_id": incident_id, "title": title, "body_sha256": body_sha256}
    )
