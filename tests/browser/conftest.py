"""A real Chromium in front of a live server. Every page fails its test on a console error, a
violated content policy or a request to another host."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from phonehome.models import PhoneHomeRecord
from tests.cast import PASSWORD, Cast
from tests.phonehome.packets import staged_packet
from tests.standins.programs import require_program

# Chromium writes a line for every answer of 400 and above; a lost race answers 409 on purpose, and
# what may not leave 422.
EXPECTED = tuple(
    f"Failed to load resource: the server responded with a status of {status}"
    for status in (409, 422)
)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = require_program("chromium")
    return {**browser_type_launch_args, "executable_path": path, "args": arguments}


@pytest.fixture(scope="session", autouse=True)
def _playwright_runs_a_loop() -> Iterator[None]:
    # Playwright keeps an event loop in this thread until the session ends, so Django would refuse
    # the ORM to every later test; it is only used between Playwright's calls.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def packet(cast: Cast) -> PhoneHomeRecord:
    return staged_packet(cast)


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Open]:
    """Open a window of its own: `open_page(viewport=…, color_scheme=…, java_script_enabled=…)`."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _note(wrong, page, said.type, said.text))
        page.on("request", lambda request: _note_request(wrong, live_server.url, request.url))

    def open_(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def sign_in() -> Callable[..., Page]:
    def go(page: Page, name: str = "frank", to: str = "/console/review/") -> Page:
        page.goto(to)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{to}")
        return page

    return go


def _note(wrong: list[str], page: Page, kind: str, text: str) -> None:
    if kind in ("error", "warning") and not text.startswith(EXPECTED):
        wrong.append(f"{page.url}: {text}")


def _note_request(wrong: list[str], own: str, url: str) -> None:
    if urlsplit(url).netloc != urlsplit(own).netloc:
        wrong.append(f"asked {url}")
