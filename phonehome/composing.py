"""From a case to an issue: title, body sections, labels (SPEC-115 §GitHub Issue Shape)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kernel.canonical import sha256_hex
from kernel.errors import invalid
from phonehome.plain_text import contained, fence_after
from phonehome.transports.base import (
    BODY_LIMIT_CHARACTERS,
    CONTROL,
    LABEL_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
    is_label,
)

PRODUCT, CUSTOMER = "product", "customer"
# As many as the carve-out page shows; a report has a handful.
MAX_SECTIONS = 200
NAME_CHARACTERS = 100
SUMMARY = "Summary"
NOTE = "Clara classification note"
_MARKER = re.compile(r"prism-care:packet:", re.IGNORECASE)
_HEADING = re.compile(r"^##(?!#)(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
_BODY_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Facts:
    """What the standard sections state."""

    severity: str
    scope: str
    kind: str
    incident_id: str
    marker: str
    note: str = ""
    artifact_refs: tuple[str, ...] = ()
    redacted_fields: tuple[str, ...] = ()


def compose_body(sections: Iterable[Mapping[str, str]], facts: Facts) -> str:
    """The product sections under their names, then the standard ones the caller did not give.

    Customer sections never enter the body. Raises invalid_request when no product section has
    text.
    """
    product = [one for one in sections if one["side"] == PRODUCT and one["text"].strip()]
    if not product:
        raise invalid(sections="At least one product section with text is needed.")
    given = {one["name"].strip().casefold() for one in product}
    parts = [_section(one["name"], one["text"]) for one in product]
    missing = [one for one in _standard(facts) if one[0].casefold() not in given]
    parts += [_section(name, text) for name, text in missing]
    return "\n\n".join(parts)


def sections_of(source: str, facts: Facts, most: int = MAX_SECTIONS) -> list[dict[str, str]]:
    """A body without its references as product sections, parted at its second-level headings.

    What the desk would add by itself, in the very words, is left out; text before the first heading
    is a summary. Sections beyond the `most`th stand in its text, under their headings; of a heading
    longer than NAME_CHARACTERS the rest begins the text.
    """
    found: list[tuple[str, list[str]]] = [(SUMMARY, [])]
    fence = ""
    for line in source.split("\n"):
        inside, fence = bool(fence), fence_after(line, fence)
        heading = None if inside or fence else _HEADING.match(line)
        if heading:
            found.append(((heading[1] or "").strip() or SUMMARY, []))
        else:
            found[-1][1].append(line)
    own = {(name, contained(text.strip())) for name, text in _standard(facts)}
    texts = [(name, "\n".join(lines).strip("\n")) for name, lines in found]
    kept = [one for one in texts if one[1].strip() and (one[0], one[1].strip()) not in own]
    first, beyond = kept[:most], kept[most:]
    if beyond:
        name, text = first[-1]
        first[-1] = (name, "\n\n".join([text, *(f"## {one}\n\n{more}" for one, more in beyond)]))
    return [_named(name, text) for name, text in first]


def _named(heading: str, text: str) -> dict[str, str]:
    name, rest = heading[:NAME_CHARACTERS].strip(), heading[NAME_CHARACTERS:].strip()
    return {"name": name, "side": PRODUCT, "text": f"{rest}\n\n{text}" if rest else text}


def note_of(source: str) -> str:
    """Clara's note as a composed body has it; empty when it has none."""
    _, found, rest = source.partition(f"\n\n## {NOTE}\n\n")
    return rest.partition("\n\n## ")[0] if found else ""


def with_reference(body: str, facts: Facts) -> str:
    """The body with the visible lines by which incident and issue find each other.

    Raises invalid_request when the body holds such a line already: it would be found as another
    packet's issue.
    """
    if _MARKER.search(body):
        raise invalid(body_markdown="May not hold a `prism-care:packet:` reference of its own.")
    return f"{body.rstrip()}\n\n---\n\nLocal incident: `{facts.incident_id}`\n`{facts.marker}`\n"


def standard_labels(facts: Facts, extra: Iterable[str] = ()) -> list[str]:
    """The labels of SPEC-115, then the caller's component labels, each once."""
    labels = [
        "phone-home",
        "customer-care",
        f"severity:{facts.severity}",
        f"kind:{facts.kind}",
        f"scope:{facts.scope}",
    ]
    for label in extra:
        if label not in labels:
            labels.append(label)
    return labels


def own_wording(facts: Facts) -> list[str]:
    """What the desk itself writes into every packet of this case, without any word of a caller's:
    headings, the line of the classification, references, standard labels."""
    bare = replace(facts, note="", artifact_refs=(), redacted_fields=())
    standard = "\n\n".join(_section(name, text) for name, text in _standard(bare))
    return [with_reference(standard, bare), f"## {NOTE}", *standard_labels(facts)]


def carved_out(sections: Iterable[Mapping[str, str]]) -> list[dict[str, object]]:
    """What stayed behind: names, sizes and digests of the customer sections, never their text."""
    return [
        {
            "name": one["name"],
            "characters": len(one["text"]),
            "text_sha256": sha256_hex(one["text"].encode()),
        }
        for one in sections
        if one["side"] == CUSTOMER
    ]


def check_sizes(title: str, body: str, labels: Sequence[str]) -> None:
    """Refuse before staging what GitHub refuses after the call. Raises invalid_request."""
    wrong: dict[str, str] = {}
    if not title.strip() or len(title) > TITLE_LIMIT_CHARACTERS or CONTROL.search(title):
        wrong["title"] = f"One line of 1 to {TITLE_LIMIT_CHARACTERS} characters."
    if not body.strip() or len(body) > BODY_LIMIT_CHARACTERS:
        wrong["body_markdown"] = f"1 to {BODY_LIMIT_CHARACTERS} characters, references included."
    elif _BODY_CONTROL.search(body):
        wrong["body_markdown"] = "May not hold control characters."
    bad = [one for one in labels if not is_label(one)]
    if bad:
        wrong["labels"] = (
            f"1 to {LABEL_LIMIT_CHARACTERS} characters each, without commas, quotes or "
            f"control characters: {bad[0][:80]!a}"
        )
    if wrong:
        raise invalid(**wrong)


def _section(name: str, text: str) -> str:
    return f"## {' '.join(name.split())}\n\n{contained(text.strip())}"


def _standard(facts: Facts) -> list[tuple[str, str]]:
    refs = "\n".join(f"- `{ref}`" for ref in facts.artifact_refs) or "None."
    redacted = ", ".join(facts.redacted_fields) or "nothing"
    sections = [
        ("Severity / scope / kind", f"{facts.severity} / {facts.scope} / {facts.kind}"),
        ("Local artifact refs", refs),
        ("Redaction report summary", f"Passed. Redacted: {redacted}."),
    ]
    if facts.note.strip():
        sections.insert(2, (NOTE, facts.note))
    return sections
