"""Idempotency-Key on POSTs that create (api.md §Conventions).

The stored answer commits with the work itself, so a crash leaves both or neither. While the first
request runs, a second one must not wait behind it: an advisory lock (PostgreSQL) or a set of the
running keys (one web process on SQLite) answers 409 at once.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from kernel import clock
from kernel.errors import IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, CareError, invalid
from kernel.models import IdempotentAnswer

KEEP_DAYS = 7
MAX_KEY_CHARACTERS = 200
_running: set[tuple[str, str]] = set()
_running_lock = threading.Lock()


def once(request: Any, work: Callable[[], Response]) -> Response:
    """Run `work` in a transaction, or replay the answer it gave to the same key and body.

    Only answers below 400 are stored: a refusal changed nothing and may be tried again.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            return work()
    _check_key(key)
    caller, fingerprint = str(request.auth.pk), _fingerprint(request)
    with _only_one(caller, key), transaction.atomic():
        _lock(caller, key)
        stored = IdempotentAnswer.objects.filter(caller=caller, key=key).first()
        if stored is not None:
            return _replay(stored, fingerprint)
        response = work()
        _store(caller, key, fingerprint, response)
        return response


def once_settled(request: Any, work: Callable[[], Response]) -> Response:
    """`once` for work that waits for others and so cannot run in one transaction. It must be safe
    to repeat: its answer is stored after it, and a crash between the two runs it again.

    An answer that is not final (202) is not stored.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    _check_key(key)
    caller, fingerprint = str(request.auth.pk), _fingerprint(request)
    with _only_one(caller, key):
        stored = IdempotentAnswer.objects.filter(caller=caller, key=key).first()
        if stored is not None:
            return _replay(stored, fingerprint)
        response = work()
        if response.status_code in (200, 201):
            _store_unless_stored(caller, key, fingerprint, response)
        return response


def forget_old_answers() -> int:
    """Delete answers older than KEEP_DAYS; how many went."""
    horizon = clock.now() - timedelta(days=KEEP_DAYS)
    deleted, _ = IdempotentAnswer.objects.filter(created_at__lt=horizon).delete()
    return deleted


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isprintable():
        text = f"Must be 1 to {MAX_KEY_CHARACTERS} printable characters."
        raise invalid(**{"Idempotency-Key": text})


def _store(caller: str, key: str, fingerprint: str, response: Response) -> None:
    IdempotentAnswer.objects.create(
        caller=caller,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        body=json.loads(_rendered(response)),
    )


def _store_unless_stored(caller: str, key: str, fingerprint: str, response: Response) -> None:
    """Another web process may have answered the same key meanwhile; its answer stays the first."""
    try:
        with transaction.atomic():
            _store(caller, key, fingerprint, response)
    except IntegrityError:
        return


def _replay(stored: IdempotentAnswer, fingerprint: str) -> Response:
    if stored.fingerprint != fingerprint:
        raise CareError(IDEMPOTENCY_KEY_REUSED)
    return Response(stored.body, stored.status, headers={"Idempotency-Replayed": "true"})


def _fingerprint(request: Any) -> str:
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def _rendered(response: Response) -> bytes:
    return bytes(JSONRenderer().render(response.data))


@contextmanager
def _only_one(caller: str, key: str) -> Iterator[None]:
    with _running_lock:
        if (caller, key) in _running:
            raise CareError(IDEMPOTENCY_IN_PROGRESS, headers={"Retry-After": "1"})
        _running.add((caller, key))
    try:
        yield
    finally:
        with _running_lock:
            _running.discard((caller, key))


def _lock(caller: str, key: str) -> None:
    if connection.vendor != "postgresql":
        return
    digest = hashlib.sha256(f"{caller}\n{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise CareError(IDEMPOTENCY_IN_PROGRESS, headers={"Retry-After": "1"})
