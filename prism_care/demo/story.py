"""One report, from the agent's request to the answer in its inbox.

Everything is asked over HTTP, as an agent or as a person at the console would.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from prism_care.demo.agent import Agent
from prism_care.demo.browser import Browser, Button, Form, Page
from prism_care.demo.failure import DemoFailed
from prism_care.stack.banner import Welcome

_STEP_SECONDS = 30.0
_PAUSE_SECONDS = 0.1
_REVIEW = re.compile(r"/console/review/([0-9a-f-]{36})/?$")
_MARKER = re.compile(r"prism-care:packet:[0-9a-f-]{36}")
_PRIVATE = "dana.fox@customer-mail.net"
_REPORT = f"""\
prism_signal crashes when the payload is empty.

Traceback (most recent call last):
  File "/opt/prism/prism/signals.py", line 88, in send
    raise ValueError("payload is empty")
ValueError: payload is empty

Prism 1.4.0, Python 3.11, Linux. It happens every time. Ask {_PRIVATE} for the whole log.
"""

Found = TypeVar("Found")


@dataclass
class Story:
    """The steps in order; each says one line with the time it took.

    `count` returns the filed issues that hold a marker; `say` writes a line.
    """

    welcome: Welcome
    count: Callable[[str], list[str]]
    say: Callable[[str], None]
    check_stack: Callable[[], None]
    marker: str = ""

    def tell(self) -> None:
        """Raises DemoFailed at the first step that does not happen."""
        jade = Agent(self.welcome.address, self.welcome.agent_key)
        console = Browser(self.welcome.address)
        with self._step("Jade reported a fault to Sage") as done:
            signal = jade.post(
                "/signals",
                {
                    "to_identity": "Sage",
                    "signal_type": "Question",
                    "payload": {"text": _REPORT, "version": "1.4.0"},
                },
            )
            done(f"signal {signal['signal_id']}")
        with self._step("the desk took it for an incident") as done:
            incident = self._until(lambda: _incident_of(jade, signal["intake_id"]))
            done(f"incident {incident}")
        with self._step("Clara triaged it") as done:
            status = self._until(lambda: _triaged(jade, incident))
            done(f"severity {status['severity']}")
        with self._step("the operator signed in to the console"):
            _sign_in(console, self.welcome)
        with self._step("the packet is on the review list") as done:
            record = self._until(lambda: _listed(console))
            done(f"record {record}")
        with self._step("the operator approved exactly what was shown") as done:
            page = console.open(f"/console/review/{record}/")
            self.marker = _marker(page)
            form, approve = approval(page)
            console.submit(page, form, approve)
            done(f"digest {form.fields['digest'][:16]}…")
        with self._step("one issue was filed") as done:
            issue = self._until(lambda: _issue_of(jade, incident))
            self.require_one_issue()
            done(f"issue #{issue}")
        with self._step("Jade's inbox holds the answer") as done:
            done(self._until(lambda: _answer(jade, issue)))

    def require_one_issue(self) -> None:
        """Raises DemoFailed unless exactly one issue was filed, without what is private."""
        filed = self.count(self.marker)
        if len(filed) != 1:
            raise DemoFailed(f"{len(filed)} issues were filed for one approved packet")
        if _PRIVATE in filed[0]:
            raise DemoFailed("the filed issue holds an e-mail address of the report")

    @contextmanager
    def _step(self, name: str) -> Iterator[Callable[[str], None]]:
        started = time.monotonic()
        told: list[str] = []
        yield told.append
        line = f"{name}: {told[0]}" if told else name
        self.say(f"{line}  [{time.monotonic() - started:.2f} s]")

    def _until(self, look: Callable[[], Found | None]) -> Found:
        deadline = time.monotonic() + _STEP_SECONDS
        while (found := look()) is None:
            self.check_stack()
            if time.monotonic() > deadline:
                raise DemoFailed(f"nothing came within {_STEP_SECONDS:.0f} seconds")
            time.sleep(_PAUSE_SECONDS)
        return found


def _incident_of(jade: Agent, intake_id: str) -> str | None:
    intake = jade.get(f"/intake/{intake_id}")
    if intake["classification"] not in (None, "", "incident"):
        raise DemoFailed(f"the desk classified the fault as {intake['classification']}")
    return intake["incident_id"] or None


def _triaged(jade: Agent, incident_id: str) -> dict[str, Any] | None:
    status: dict[str, Any] = jade.get(f"/incidents/{incident_id}/status")
    return None if status["status"] in ("reported", "triaging") else status


def _issue_of(jade: Agent, incident_id: str) -> int | None:
    issue = jade.get(f"/incidents/{incident_id}/status")["issue"]
    return int(issue["number"]) if issue and issue.get("number") else None


def _answer(jade: Agent, number: int) -> str | None:
    """The words of the one answer that names the issue."""
    inbox = jade.get("/signals?box=inbox&wait=20")["results"]
    wanted = f"filed as issue #{number}"
    texts = [json.dumps(signal["payload"], ensure_ascii=False) for signal in inbox]
    answers = [text for text in texts if wanted in text.lower()]
    if len(answers) > 1:
        raise DemoFailed(f"the inbox holds {len(answers)} answers for one issue")
    return f'"{wanted}"' if answers else None


def _sign_in(console: Browser, welcome: Welcome) -> None:
    page = console.open("/console/login/")
    forms = [form for form in page.forms if "password" in form.fields]
    if not forms:
        raise DemoFailed("the sign-in page has no form with a password")
    after = console.submit(
        page, forms[0], None, username=welcome.operator, password=welcome.password
    )
    if any("password" in form.fields for form in after.forms):
        raise DemoFailed("the console did not accept the operator's password")


def _listed(console: Browser) -> str | None:
    """The first record on the review list."""
    found = (_REVIEW.search(link) for link in console.open("/console/review/").links)
    return next((match[1] for match in found if match), None)


def _marker(page: Page) -> str:
    found = _MARKER.search(page.source)
    if found is None:
        raise DemoFailed("the review page does not show the packet's marker")
    return found[0]


def approval(page: Page) -> tuple[Form, Button]:
    """The form that carries the digest, and its button that approves."""
    for form in page.forms:
        for button in form.buttons:
            words = f"{button.value} {button.text} {button.target or form.action}".lower()
            if "digest" in form.fields and "approve" in words:
                return form, button
    raise DemoFailed("the review page has no form that approves a digest")
