"""What the text would do on GitHub beside being read: notify, close, link, load, hide."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from kernel.visible import HIDDEN, reveal

# https://docs.github.com/en/get-started/writing-on-github
_MENTION = re.compile(
    r"(?<![\w@/.`-])@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:/[A-Za-z0-9._-]{1,100})?"
)
_REFERENCE = re.compile(
    r"(?<![\w/#&])(?:[\w.-]{1,100}/[\w.-]{1,100})?#\d{1,9}\b|\bGH-\d{1,9}\b"
    r"|https?://github\.com/[\w.-]{1,100}/[\w.-]{1,100}/(?:issues|pull|discussions)/\d{1,9}"
)
_CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s{1,3}(?:(?:[\w.-]{1,100}/[\w.-]{1,100})?#\d{1,9}\b"
    r"|https?://github\.com/\S{1,200})",
    re.IGNORECASE,
)
_NOT_READ = {"code", "pre", "kbd", "samp"}
_SHOWN = 50
_LONG_LINE = 2_000


@dataclass
class Effects:
    """Each list holds distinct values in order, at most fifty."""

    mentions: list[str] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    lookalike_links: list[str] = field(default_factory=list)
    collapsed: int = 0
    comments: int = 0
    hidden_characters: int = 0
    long_lines: int = 0

    @property
    def loud(self) -> bool:
        """Whether filing the issue would reach somebody or change something else."""
        return bool(self.mentions or self.closing or self.references or self.images)

    @property
    def hides(self) -> bool:
        """Whether a reader of the preview would not see everything."""
        return bool(
            self.collapsed
            or self.comments
            or self.hidden_characters
            or self.long_lines
            or self.lookalike_links
        )


def effects_of(title: str, body: str, html: str) -> Effects:
    """`html` is `preview.to_read` of the rendered body: well-formed, images with addresses."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "\n".join([title, *reader.texts])
    links = _distinct(reader.links)
    return Effects(
        mentions=_distinct(_MENTION.findall(text)),
        closing=_distinct(" ".join(one.split()) for one in _CLOSING.findall(text)),
        references=_distinct([*_REFERENCE.findall(text), *filter(_REFERENCE.fullmatch, links)]),
        images=_distinct(reader.images),
        links=links,
        lookalike_links=[note for one in links if (note := _lookalike(one))],
        collapsed=reader.collapsed,
        comments=body.count("<!--"),
        hidden_characters=len(HIDDEN.findall(title)) + len(HIDDEN.findall(body)),
        long_lines=sum(len(line) > _LONG_LINE for line in body.split("\n")),
    )


class _Reader(HTMLParser):
    """Collects what a reader would see outside of code, and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.collapsed = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _NOT_READ:
            self._silent += 1
        elif tag == "details":
            self.collapsed += 1
        elif tag == "a" and values.get("href") and not (values["href"] or "").startswith("#"):
            self.links.append(reveal(unquote(values["href"] or "")))
        elif tag == "img" and values.get("src"):
            self.images.append(reveal(values["src"] or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_READ:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def _lookalike(link: str) -> str:
    """The link with its host in the ASCII form that browsers ask for, when a letter of the host
    may be another alphabet's; else empty."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return link
    if host.isascii():
        return link if "xn--" in host else ""
    try:
        return f"{link} is {host.encode('idna').decode()}"
    except UnicodeError:
        return link


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))[:_SHOWN]
