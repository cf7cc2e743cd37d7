"""What a ready stack prints: where it is, who may sign in, and a report to try."""

import json
import re
import shlex
from dataclasses import dataclass

_REPORT = {
    "to_identity": "Sage",
    "signal_type": "Question",
    "payload": {
        "text": "prism_signal fails with a traceback when the payload is empty.",
        "version": "1.4.0",
    },
}
_SET_ANOTHER = ".venv/bin/python manage.py operator create {}"


@dataclass(frozen=True)
class Welcome:
    """`address` has no path. `password` is empty unless the account was just made."""

    address: str
    operator: str
    password: str
    agent_key: str
    issues: str


def render(welcome: Welcome) -> str:
    """The text; `parse` reads it back."""
    set_another = _SET_ANOTHER.format(welcome.operator)
    password = (
        f"{welcome.password}  (shown only now; another: {set_another})"
        if welcome.password
        else f"- (the one set before; another: {set_another})"
    )
    return f"""
Prism Care is ready.

  Address     {welcome.address}
  Console     {welcome.address}/console/
  Operator    {welcome.operator}
  Password    {password}
  Agent key   {welcome.agent_key}  (Jade of PID-DPA01)
  Issues      {welcome.issues}

Report a fault to Sage as Jade, then open the console and decide:

{curl(welcome)}

Ctrl-C ends everything.

"""


def curl(welcome: Welcome) -> str:
    """A command to paste that posts a report."""
    return " \\\n".join(
        [
            f"  curl -sS {shlex.quote(welcome.address + '/api/v1/signals')}",
            f"    -H {shlex.quote('Authorization: Bearer ' + welcome.agent_key)}",
            "    -H 'Content-Type: application/json'",
            f"    -d {shlex.quote(json.dumps(_REPORT))}",
        ]
    )


def parse(text: str) -> Welcome | None:
    """The values in printed output that holds a complete banner; None before it does."""
    if "Ctrl-C ends everything." not in text:
        return None
    found = dict(
        re.findall(r"(?m)^  (Address|Operator|Password|Agent key|Issues) +(.*?)(?:  \(.*)?$", text)
    )
    if len(found) != 5:
        return None
    password = "" if found["Password"].startswith("- ") else found["Password"]
    return Welcome(
        found["Address"], found["Operator"], password, found["Agent key"], found["Issues"]
    )
