"""A small browser: cookies, pages, forms. Enough to sign in and decide as a person would."""

import html.parser
import http.client
import http.cookiejar
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from prism_care.demo.failure import DemoFailed

_TIMEOUT_SECONDS = 30.0


@dataclass
class Button:
    """A submit button: its words, what it adds to the form, and its own target if it has one."""

    text: str
    name: str
    value: str
    target: str


@dataclass
class Form:
    """A form as the page shows it, filled with what it already holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)


@dataclass
class Page:
    """A page that was loaded: its final address, its source, its links and forms."""

    url: str
    source: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


class Browser:
    """A session with one site."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def open(self, path: str) -> Page:
        return self._load(urljoin(self._address, path), None)

    def submit(self, page: Page, form: Form, button: Button | None = None, **typed: str) -> Page:
        """Send `form` as it stands on `page`, with what was typed over it."""
        fields = form.fields | typed
        if button is not None and button.name:
            fields[button.name] = button.value
        target = (button.target if button else "") or form.action
        return self._load(urljoin(page.url, target), urlencode(fields).encode(), page.url)

    def _load(self, url: str, body: bytes | None, referer: str = "") -> Page:
        request = urllib.request.Request(url, data=body)  # noqa: S310
        if referer:
            request.add_header("Referer", referer)
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return read_page(answer.geturl(), answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            page = read_page(url, error.read().decode(errors="replace"))
            raise DemoFailed(f"{url} was answered {error.code}: {_words(page.source)}") from None
        except (OSError, http.client.HTTPException) as error:
            raise DemoFailed(f"{url} failed: {error}") from None


class _Reader(html.parser.HTMLParser):
    """Collects the links and forms of a page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._form: Form | None = None
        self._button: Button | None = None
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.page.links.append(values["href"])
        elif tag == "form":
            self._form = Form(values.get("action", ""))
            self.page.forms.append(self._form)
        elif self._form is not None and tag in ("input", "button"):
            self._add(self._form, values, tag, "checked" in dict(attrs))
        elif self._form is not None and tag == "textarea" and values.get("name"):
            self._textarea = values["name"]
            self._form.fields[self._textarea] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.text += data
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data

    def _add(self, form: Form, values: dict[str, str], tag: str, checked: bool) -> None:
        kind = values.get("type", "submit" if tag == "button" else "text")
        name, value = values.get("name", ""), values.get("value", "")
        if kind == "submit":
            button = Button(
                value if tag == "input" else "", name, value, values.get("formaction", "")
            )
            form.buttons.append(button)
            self._button = button if tag == "button" else None
        elif kind not in ("button", "reset", "checkbox", "radio") or (name and checked):
            form.fields[name] = value


class _Words(html.parser.HTMLParser):
    """The words of a page, without its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())


def read_page(url: str, source: str) -> Page:
    """The links and forms of a page's source."""
    page = Page(url, source)
    _Reader(page).feed(source)
    return page


def _words(source: str) -> str:
    reader = _Words()
    reader.feed(source)
    return " ".join(reader.words)[:400]
