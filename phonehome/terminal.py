"""Packets on a terminal and for scripts: nothing cut, nothing that a terminal would obey."""

from collections.abc import Iterable, Iterator
from typing import Any

from kernel.clock import isoformat
from kernel.visible import reveal
from phonehome.console.page import ReviewPage


def row(page: ReviewPage) -> dict[str, Any]:
    """One packet for a script. `findings` count characters from the start of `title`, a line end
    and `body_markdown`; none of them quotes a value."""
    record, revision = page.record, page.revision
    return {
        "record_id": str(record.pk),
        "status": record.status,
        "revision": record.revision,
        "packet_sha256": revision.packet_sha256,
        "title": revision.title,
        "body_markdown": revision.body_markdown,
        "labels": revision.labels,
        "repo": revision.repo,
        "repo_visibility": revision.repo_visibility,
        "incident_id": page.incident.incident_id,
        "pid": page.incident.project.pid,
        "severity": revision.severity,
        "scope": revision.scope,
        "kind": revision.kind,
        "review_due_at": isoformat(record.review_due_at),
        "retained_sensitive_fields": revision.retained_sensitive_fields,
        "carved_out": revision.carved_out,
        "carve_out_holds": page.carve_out.holds if page.carve_out else None,
        "findings": [
            {
                "type": one.type,
                "detector": one.detector,
                "start": one.start,
                "end": one.end,
                "sample": one.sample,
            }
            for one in page.findings
        ],
        "transport": page.egress.kind,
        "issue_url": record.issue_url or None,
        "issue_number": record.issue_number,
        "error": {"code": record.error_code, "message": record.error_message}
        if record.error_code
        else None,
    }


def list_text(pages: Iterable[ReviewPage]) -> str:
    """One packet per two lines, the most urgent first."""
    lines: list[str] = []
    for page in pages:
        record, revision = page.record, page.revision
        lines.append(f"{record.pk}  {revision.severity}  {_when(page)}  {reveal(revision.title)}")
        lines.append(
            f"    {revision.repo} ({revision.repo_visibility}), {page.incident.incident_id} "
            f"from {reveal(page.incident.project.pid)}, revision {record.revision}"
        )
    return "\n".join(lines) or "Nothing waits for a decision."


def page_text(page: ReviewPage) -> str:
    """Everything an operator decides about, the body whole and line by line."""
    return "\n".join([*_head(page), *_warnings(page), *_body(page), *_next(page)])


def _when(page: ReviewPage) -> str:
    waits = page.record.status == "pending_operator_review"
    return page.due.words if waits else page.record.get_status_display()


def _head(page: ReviewPage) -> Iterator[str]:
    record, revision, incident = page.record, page.revision, page.incident
    yield f"Packet      {record.pk}, revision {record.revision} by {reveal(revision.author)}"
    yield f"State       {record.get_status_display()}. {page.state_sentence}"
    if page.record.status == "pending_operator_review":
        yield f"Decide by   {isoformat(record.review_due_at)} ({page.due.words})"
    if record.error_code:
        yield f"Error       {reveal(record.error_message)} ({record.error_code})"
    if record.issue_url:
        where = ", filed to folder, not to GitHub" if page.in_folder else ""
        yield f"Issue       {reveal(record.issue_url)}{where}"
    yield f"Repository  {revision.repo} ({revision.repo_visibility})"
    yield f"Transport   {page.egress.kind}: {page.egress.why}"
    yield f"Incident    {incident.incident_id} from {reveal(incident.project.pid)}"
    yield f"Class       {revision.severity} / {revision.scope} / {revision.kind}"
    yield f"Labels      {reveal(', '.join(revision.labels))}"
    yield f"Title       {reveal(revision.title)}"
    yield f"Digest      {revision.packet_sha256}"
    if not page.payload_matches:
        yield "            NOT the digest of what is stored now: it cannot be approved"


def _warnings(page: ReviewPage) -> Iterator[str]:
    effects = page.effects
    yield from _carve_out(page)
    for kept in page.kept:
        name = reveal(kept.name)
        yield f"Kept        {name}, {kept.words}: approve with --ack {name}"
    for words, values in (
        ("Notifies", effects.mentions),
        ("Closes", effects.closing),
        ("References", effects.references),
        ("Loads", effects.images),
        ("Links to", effects.links),
    ):
        if values:
            yield f"{words:<11} {reveal(', '.join(values))}"
    if effects.hidden_characters:
        yield f"Hidden      {effects.hidden_characters} characters, shown as <U+…> below"
    if effects.comments:
        yield f"Comments    {effects.comments} HTML comments: sent, but not shown by GitHub"


def _carve_out(page: ReviewPage) -> Iterator[str]:
    standing = page.carve_out
    for words in page.let_go:
        yield f"Let go      stayed behind in an earlier revision: {reveal(words)}"
    if standing is None:
        if page.carvable:
            yield "Carve-out   no customer side was marked: nothing is known to have stayed behind"
        return
    yield f"Carve-out   {standing.words}"
    for part in page.revision.carved_out:
        yield f"            {reveal(part['name'])}, {part['characters']} characters"
    if standing.proof is not None and standing.holds:
        yield f"            compared again now: it holds ({standing.proof.method})"
    for sentence in standing.wrong:
        yield f"            NOT proved: {sentence}"


def _body(page: ReviewPage) -> Iterator[str]:
    body = page.revision.body_markdown
    lines = body.split("\n")
    yield f"Body        {len(body)} characters, {len(lines)} lines"
    width = len(str(len(lines)))
    # The bar before every line keeps the body from posing as a line of ours.
    for number, line in enumerate(lines, start=1):
        yield f"{number:>{width}} │ {reveal(line)}"


def _next(page: ReviewPage) -> Iterator[str]:
    if not page.decidable:
        return
    acks = "".join(f" --ack {reveal(kept.name)}" for kept in page.kept)
    digest = page.revision.packet_sha256
    yield "To decide:"
    yield f"  manage.py review approve {page.record.pk} --digest {digest} --as NAME{acks}"
    yield f"  manage.py review reject {page.record.pk} --digest {digest} --as NAME --reason TEXT"
