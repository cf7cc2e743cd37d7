"""What stands right behind a value never hides it: quotes, dashes, ellipses of prose."""

import pytest

import redaction

VALUES = {
    "env.hostname": "build7.corp.internal",
    "pii.email": "jade@dpa-crawl.io",
    "pii.ip_address": "10.20.30.40",
}


@pytest.mark.parametrize("mark", list("…”’»—–,;:!?)]}>、。·•"))
@pytest.mark.parametrize("kind", sorted(VALUES))
def test_a_value_is_found_whatever_punctuation_follows(kind: str, mark: str) -> None:
    value = VALUES[kind]
    text = f"we saw it on host {value}{mark} and stopped"
    found = [one for one in redaction.scan(text) if one.type == kind]
    assert found, redaction.scan(text)
    assert found[0].start == text.index(value)
    assert found[0].end >= text.index(value) + len(value)


def test_letters_of_any_script_still_continue_a_name() -> None:
    assert not [one for one in redaction.scan("10.20.30.40漢") if one.type == "pii.ip_address"]
