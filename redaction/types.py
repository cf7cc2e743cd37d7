"""The value types that every part of the scanner shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import re2

Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch of text that must not leave unseen.

    `start` and `end` count code points of the scanned text, end exclusive.
    `type` is `class.kind` with class `secret`, `pii` or `env`.
    `detector` names the rule. `sample` describes the value and never quotes it.
    """

    start: int
    end: int
    type: str
    detector: str
    severity: Severity
    sample: str

    @property
    def kind(self) -> str:
        """The part of `type` after the dot: `email`, `github_token`."""
        return self.type.partition(".")[2]

    @property
    def is_secret(self) -> bool:
        return self.type.startswith("secret.")


class Hit(NamedTuple):
    """A candidate that a rule's pattern matched, before its check.

    `data` holds one byte per code point (see `projection`); `start`/`end` bound the value,
    `whole_start`/`whole_end` the whole match with its keyword.
    """

    data: bytes
    start: int
    end: int
    whole_start: int
    whole_end: int
    rule: Rule
    match: Any

    @property
    def value(self) -> str:
        return self.data[self.start : self.end].decode("latin-1")

    def group(self, name: str) -> str | None:
        """The text of a named group; None when it took no part in the match."""
        found = self.match.group(self.rule.groups[name])
        return None if found is None else found.decode("latin-1")

    def before(self, count: int) -> str:
        """At most `count` characters before the value."""
        return self.data[max(0, self.start - count) : self.start].decode("latin-1")

    def after(self, count: int) -> str:
        """At most `count` characters after the value."""
        return self.data[self.end : self.end + count].decode("latin-1")


@dataclass(frozen=True)
class Rule:
    """A rule as data.

    `keywords` gate the rule: it runs only when one of these case-insensitive RE2 fragments occurs.
    `pattern` is RE2 syntax over single bytes; the value is the first group that matched of those
    named `v` or `v_…`, or the whole match when there is none. A pattern must not reach far past
    the end of its own match, or time would not be linear. `check` may refuse a candidate; `trim`
    tells how many characters of the value to take, where its tail is public. Examples mark each
    value as «value» and write random parts as `{alnum:36}`; the tests expand and run them, so that
    no file holds a secret that looks real.
    """

    name: str
    type: str
    keywords: tuple[str, ...]
    pattern: str
    severity: Severity = "high"
    check: Callable[[Hit], bool] | None = None
    trim: Callable[[str], int] | None = None
    positives: tuple[str, ...] = ()
    negatives: tuple[str, ...] = field(default=())

    @cached_property
    def regex(self) -> Any:
        return compile_bytes(self.pattern)

    @cached_property
    def groups(self) -> dict[str, int]:
        """Group numbers by name."""
        return {name.decode("ascii"): number for name, number in self.regex.groupindex.items()}

    @cached_property
    def value_groups(self) -> tuple[int, ...]:
        return tuple(n for name, n in self.groups.items() if name == "v" or name[:2] == "v_")


def compile_bytes(pattern: str, *, longest: bool = False, max_mem: int = 16 << 20) -> Any:
    """Compile an RE2 pattern that runs over bytes, one byte per character."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = longest
    options.max_mem = max_mem
    options.log_errors = False
    return re2.compile(pattern.encode("latin-1"), options)
