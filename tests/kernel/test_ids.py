"""Identifiers: sorted by creation, unique over threads; correlation ids that are easy to read."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import new_correlation_id, new_id

pytestmark = pytest.mark.one_database


def test_ids_are_uuid_version_7() -> None:
    one = new_id()
    assert (one.version, one.variant) == (7, "specified in RFC 4122")


def test_ids_of_one_process_sort_by_creation() -> None:
    """Keyset pagination orders by id, in the same millisecond too."""
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert [one.hex for one in ids] == sorted(one.hex for one in ids)  # how SQLite compares them


def test_ids_of_many_threads_are_unique() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(2000)], range(8)))
    assert len({one for batch in batches for one in batch}) == 16_000


def test_a_correlation_id_has_no_letters_that_look_like_digits() -> None:
    made = {new_correlation_id() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"req_[0-9A-HJKMNP-TV-Z]{16}", one) for one in made)
