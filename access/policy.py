"""The one guard: who may do what (architecture.md, seed 004 §2).

Every endpoint, console view, command and service asks here. Deny by default; the first failing
reason is given. Rules are a table: the action, the key scope it needs, and who has it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from access.errors import OPERATOR_REQUIRED, SCOPE_MISSING
from access.principals import AgentPrincipal
from access.states import Scope
from kernel.errors import AUTHENTICATION_REQUIRED, FORBIDDEN, CareError, Code

REVIEW_PERMISSION = "phonehome.review_packet"
VIEW_CASE_PERMISSION = "incidents.view_incident"
WORK_CASE_PERMISSION = "incidents.work_incident"


@dataclass(frozen=True)
class Decision:
    """The guard's answer: allowed, the failing code (None when allowed), and what it looked at."""

    allowed: bool
    reason: Code | None
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """`scope` is what an agent key needs; `agent`, `operator` and `system` say who may act."""

    scope: Scope | None = None
    agent: Callable[[AgentPrincipal], bool] | None = None
    operator_permission: str | None = None
    system: bool = True


def _anyone(agent: AgentPrincipal) -> bool:
    return True


def _sage(agent: AgentPrincipal) -> bool:
    return agent.is_sage


def _clara(agent: AgentPrincipal) -> bool:
    return agent.is_clara


RULES: dict[str, Rule] = {
    "bridge.signal.send": Rule(Scope.SIGNALS, _anyone),
    "bridge.signal.read": Rule(Scope.SIGNALS, _anyone),
    "bridge.roster.read": Rule(Scope.SIGNALS, _anyone),
    "incidents.intake.read": Rule(Scope.INCIDENTS, _anyone),
    "incidents.intake.classify": Rule(Scope.INCIDENTS, _sage),
    "incidents.incident.read": Rule(Scope.INCIDENTS, _anyone),
    "incidents.intake.answer_back": Rule(Scope.INCIDENTS, _anyone),
    "incidents.rubric.read": Rule(Scope.INCIDENTS, _anyone),
    "incidents.incident.triage": Rule(Scope.INCIDENTS, _clara),
    "incidents.triage.reopen": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.incident.link": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.incident.contain": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.incident.move": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.postmortem.write": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.documents.read": Rule(Scope.INCIDENTS, _clara, VIEW_CASE_PERMISSION),
    "incidents.artifact.read": Rule(Scope.INCIDENTS, _anyone),
    "incidents.artifact.write": Rule(Scope.INCIDENTS, _anyone),
    "incidents.timeline.correct": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    "incidents.deadline.pause": Rule(Scope.INCIDENTS, _clara, WORK_CASE_PERMISSION),
    # Signed by a person, or looked at by one.
    "incidents.incident.waive": Rule(operator_permission=WORK_CASE_PERMISSION, system=False),
    "incidents.storm.release": Rule(Scope.INCIDENTS, _sage, WORK_CASE_PERMISSION),
    "incidents.taxonomy.change": Rule(operator_permission=WORK_CASE_PERMISSION),
    "incidents.lanes.change": Rule(operator_permission=WORK_CASE_PERMISSION),
    "incidents.documents.import": Rule(operator_permission=WORK_CASE_PERMISSION),
    "incidents.deadline.configure": Rule(operator_permission=WORK_CASE_PERMISSION),
    "incidents.case.view": Rule(operator_permission=VIEW_CASE_PERMISSION, system=False),
    "redaction.scan": Rule(Scope.REDACTION, _anyone),
    "phonehome.packet.read": Rule(Scope.PHONE_HOME, _clara),
    "phonehome.packet.stage": Rule(Scope.PHONE_HOME, _clara),
    "phonehome.packet.revise": Rule(Scope.PHONE_HOME, _clara, REVIEW_PERMISSION),
    "phonehome.packet.withdraw": Rule(Scope.PHONE_HOME, _clara),
    "phonehome.packet.ship": Rule(Scope.PHONE_HOME, _clara),
    # No agent and no part of the product decides: only a person.
    "phonehome.packet.view": Rule(operator_permission=REVIEW_PERMISSION, system=False),
    "phonehome.packet.decide": Rule(operator_permission=REVIEW_PERMISSION, system=False),
    "phonehome.packet.retry": Rule(operator_permission=REVIEW_PERMISSION),
}


def allow(principal: Any, action: str) -> Decision:
    """Whether `principal` may do `action`. Raises KeyError for an action that has no rule."""
    rule = RULES[action]
    inputs = {"action": action, "kind": principal.kind, "principal": principal.label}
    reason = _first_failing(principal, rule)
    return Decision(reason is None, reason, inputs)


def require(principal: Any, action: str) -> None:
    """Raise the refusal that `allow` found."""
    decision = allow(principal, action)
    if decision.reason is not None:
        raise CareError(decision.reason)


def _first_failing(principal: Any, rule: Rule) -> Code | None:
    if principal.kind == "system":
        return None if rule.system else OPERATOR_REQUIRED
    if principal.kind == "operator":
        return _operator_refusal(principal, rule)
    if principal.kind != "agent":
        return AUTHENTICATION_REQUIRED
    if rule.agent is None:
        return OPERATOR_REQUIRED
    if rule.scope is not None and rule.scope not in principal.scopes:
        return SCOPE_MISSING
    return None if rule.agent(principal) else FORBIDDEN


def _operator_refusal(user: Any, rule: Rule) -> Code | None:
    permission = rule.operator_permission
    if permission and user.is_active and user.is_staff and user.has_perm(permission):
        return None
    return OPERATOR_REQUIRED
