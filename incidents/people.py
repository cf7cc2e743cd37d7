"""Names and the roles behind them: a postmortem asks what and how, never who."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import re2

from access.models import Persona, User
from access.states import PersonaDuty
from kernel.errors import invalid

OPERATOR, DESK, CUSTOMER, PRODUCT = (
    "an operator",
    "an agent of the desk",
    "an agent of the project",
    "the care desk",
)
_DUTIES: dict[str, str] = {
    PersonaDuty.INTAKE_DESK: "the intake desk",
    PersonaDuty.INCIDENT_MANAGER: "the incident manager",
    PersonaDuty.SHIPPING: "the shipping service",
}
# Accounts that are called by their role point at nobody.
_ROLE_WORDS = frozenset(
    {"admin", "administrator", "agent", "desk", "manager", "on-call", "oncall", "operator"}
    | {"owner", "reviewer", "root", "staff", "system", "team", "user"}
)
# What may stand between the end of a sentence and the first word of the next.
_OPENERS = " \t\"'“‘([*_#>-"
_SENTENCE_ENDS = ".!?…:;|\n"
_LOOK_BACK = 40


@dataclass(frozen=True)
class People:
    """The names a tenant's texts could blame, each with its role."""

    roles: Mapping[str, str]

    @cached_property
    def _patterns(self) -> list[tuple[Any, bool]]:
        """Each with whether its names are common words, too. "ET" is a name and "et" a word;
        "frank" may be either."""
        words = [name for name in self.roles if name.isalpha() and name.islower()]
        capitals = [name for name in self.roles if name != name.lower()]
        others = [name for name in self.roles if name not in words and name not in capitals]
        return [
            (_any_of(names, prefix), are_words)
            for prefix, names, are_words in (
                ("(?i)", words, True),
                ("", capitals, False),
                ("(?i)", others, False),
            )
            if names
        ]

    def found_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of each name that stands in `text` as a word of its own. A login
        that is a common word is a name as `@frank`, `frank@PID-PGR01`, or with a capital letter
        where no sentence begins."""
        # A lone surrogate cannot be searched; its stand-in is one character too.
        safe = text.encode("utf-8", "replace").decode()
        for pattern, are_words in self._patterns:
            for match in pattern.finditer(safe):
                start, end = match.span()
                around = safe[max(0, start - 1) : start] + safe[end : end + 1]
                if any(one.isalnum() or one == "_" for one in around):
                    continue
                if not are_words or _means_somebody(safe, start, end):
                    yield start, end, match.group()

    def role(self, name: str) -> str:
        return self._by_key.get(name.casefold(), CUSTOMER)

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return {name.casefold(): role for name, role in self.roles.items()}

    def role_of(self, label: str) -> str:
        """The role behind an actor's label, as `Clara@PID-PGR01`, `system:desk` or `frank`."""
        if label.startswith("system:"):
            return PRODUCT
        identity, at, _ = label.rpartition("@")
        return self.role(identity) if at else OPERATOR

    def in_roles(self, text: str) -> str:
        """`text` with roles where names stood."""
        parts, done = [], 0
        for start, end, name in sorted(self.found_in(text)):
            if start >= done:
                parts += [text[done:start], self.role(name)]
                done = end
        return "".join([*parts, text[done:]])

    def refuse_names(self, **texts: str) -> None:
        """Raises invalid_request for each text that names somebody, and says what to write."""
        wrong = {}
        for field, text in texts.items():
            names = sorted({name for _, _, name in self.found_in(text)})
            if names:
                wrong[field] = [
                    f"Names {name}: write what happened and how, or the role ({self.role(name)})."
                    for name in names[:20]
                ]
        if wrong:
            raise invalid("A postmortem is blameless: it names roles, nobody in person.", **wrong)


def _any_of(names: Iterable[str], prefix: str) -> Any:
    longest_first = sorted(names, key=len, reverse=True)
    return re2.compile(prefix + "|".join(map(re2.escape, longest_first)))


def _means_somebody(text: str, start: int, end: int) -> bool:
    """Whether a common word at `start` is used as a name."""
    if text[max(0, start - 1) : start] == "@":
        return True
    if text[end : end + 1] == "@" and text[end + 1 : end + 2].isalnum():
        return True
    before = text[max(0, start - _LOOK_BACK) : start].rstrip(_OPENERS)
    begins = not before or before[-1] in _SENTENCE_ENDS
    return text[start].isupper() and not begins


def people_of(tenant_id: UUID) -> People:
    """Every persona of the tenant, past ones too, and every operator; two queries."""
    roles: dict[str, str] = {}
    for user in User.objects.only("username", "first_name", "last_name"):
        roles |= dict.fromkeys((user.get_username(), user.get_full_name()), OPERATOR)
    personas = Persona.objects.filter(tenant_id=tenant_id)
    for identity, duty, at_home in personas.values_list("identity", "duty", "project__is_home"):
        roles[identity] = _DUTIES.get(duty) or (DESK if at_home else CUSTOMER)
    named = {name.strip(): role for name, role in roles.items()}
    return People(
        {name: role for name, role in named.items() if name and name.casefold() not in _ROLE_WORDS}
    )
