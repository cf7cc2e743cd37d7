"""The project's Markdown pages, and what tests read out of them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```[^\n]*\n.*?^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """The page without code blocks and comments."""
    return _COMMENT.sub("", _FENCE.sub("", page.read_text()))


def links(page: Path) -> list[str]:
    """The relative links of a page, images included."""
    found = _LINK.findall(prose(page))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """What `#…` may name in a page: explicit ids, and headings as GitHub spells them."""
    text = prose(page)
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(kept.replace(" ", "-"))
    return found


def command_lines(page: Path) -> list[str]:
    """What follows `manage.py` on each line of the page's code blocks, comments left out."""
    blocks = "\n".join(_FENCE.findall(page.read_text()))
    found = re.findall(r"manage\.py ([a-z][^\n#]*)", blocks)
    return [line.strip() for line in found]
