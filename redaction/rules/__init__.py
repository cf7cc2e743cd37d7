"""All rules, in the order in which they are tried, and the closed list of kinds."""

from redaction import names
from redaction.rules import (
    assignments,
    contact,
    credentials,
    hosts,
    keys,
    links,
    network,
    numbers,
    paths,
    people,
    repositories,
    tokens_cloud,
    tokens_code,
    tokens_services,
)
from redaction.types import Rule

RULES: tuple[Rule, ...] = (
    *tokens_code.RULES,
    *tokens_cloud.RULES,
    *tokens_services.RULES,
    *links.RULES,
    *keys.RULES,
    *credentials.RULES,
    *assignments.RULES,
    *contact.RULES,
    *numbers.RULES,
    *network.RULES,
    *hosts.RULES,
    *people.RULES,
    *paths.RULES,
    *repositories.RULES,
)

KINDS = frozenset(rule.type.partition(".")[2] for rule in RULES) | {
    names.TYPE.partition(".")[2],
}
