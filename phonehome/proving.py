"""The proof of a carve-out: written with the revision, recomputed whenever it is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.canonical import digest_of
from phonehome.carving import CarveOut, carve_out, customer_side
from phonehome.composing import Facts
from phonehome.models import CarveOutProof, PacketRevision
from phonehome.models.packet import marker_of
from phonehome.overlap import METHOD, WINDOW


@dataclass(frozen=True)
class Standing:
    """What a revision's proof says, and what comparing again says now.

    `wrong` holds a sentence for each disagreement; empty when the proof holds. `proof` is None for
    a revision of before there were proofs.
    """

    proof: CarveOutProof | None
    carved: CarveOut
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.wrong

    @property
    def characters(self) -> int:
        return sum(len(one["text"]) for one in self.carved.behind)

    @property
    def words(self) -> str:
        """The proof in one sentence."""
        count = len(self.carved.behind)
        short = len(self.carved.comparison.too_short)
        return "".join(
            (
                f"{count} section{'s' if count > 1 else ''} ({self.characters} characters) stayed "
                f"behind; no {WINDOW} characters in a row of {'them' if count > 1 else 'it'} stand "
                "in the title, the body or a label",
                f" ({short} too short to be looked for)" if short else "",
                ".",
            )
        )


def prove_carve_out(
    revision: PacketRevision, carved: CarveOut, *, tenant_id: UUID
) -> CarveOutProof:
    """Write down what was compared; in the transaction of the revision."""
    return CarveOutProof.objects.create(
        tenant_id=tenant_id, revision=revision, **_facts(revision, carved)
    )


def standing_of(revision: PacketRevision, incident_id: str) -> Standing | None:
    """The proof of a revision, compared again with the stored texts; None when nothing stayed
    behind. Changes nothing."""
    sections = sections_behind(revision)
    if not sections:
        return None
    carved = carve_out(
        title=revision.title,
        body=revision.body_markdown,
        labels=revision.labels,
        sections=sections,
        facts=facts_of(revision, incident_id),
    )
    proof = CarveOutProof.objects.filter(revision=revision).first()
    return Standing(proof, carved, tuple(_disagreements(revision, proof, carved)))


def sections_behind(revision: PacketRevision) -> list[dict[str, str]]:
    """The customer sections of a revision, with their texts.

    A body edited before revisions kept them is looked up in the revision it was edited from.
    """
    own = [dict(one) for one in customer_side(revision.sections)]
    if own or not revision.carved_out:
        return own
    earlier = revision.record.revisions.filter(number__lt=revision.number).order_by("-number")
    for one in earlier.only("sections", "record_id"):
        found = [dict(section) for section in customer_side(one.sections)]
        if found:
            return found
    return []


def let_go(revision: PacketRevision, incident_id: str) -> CarveOut | None:
    """What stayed behind in an earlier revision and would leave with this one: somebody cut the
    case anew. None when nothing of it would."""
    earlier = revision.record.revisions.filter(number__lt=revision.number).only("sections")
    sections = {
        (one["name"], one["text"]): one
        for row in earlier.order_by("-number")
        for one in customer_side(row.sections)
    }
    if not sections:
        return None
    carved = carve_out(
        title=revision.title,
        body=revision.body_markdown,
        labels=revision.labels,
        sections=sections.values(),
        facts=facts_of(revision, incident_id),
    )
    return None if carved.clean else carved


def facts_of(revision: PacketRevision, incident_id: str) -> Facts:
    """What the standard sections of a stored revision state; its note is in the body alone."""
    return Facts(
        severity=revision.severity,
        scope=revision.scope,
        kind=revision.kind,
        incident_id=incident_id,
        marker=marker_of(revision.record_id),
        artifact_refs=tuple(revision.local_artifact_refs),
        redacted_fields=tuple(revision.redaction_report.get("redacted_fields", ())),
    )


def _facts(revision: PacketRevision, carved: CarveOut) -> dict[str, object]:
    return {
        "method": METHOD,
        "window": WINDOW,
        "sections": len(carved.behind),
        "characters": sum(len(one["text"]) for one in carved.behind),
        "too_short": len(carved.comparison.too_short),
        "overlaps": len(carved.overlaps),
        "body_sha256": revision.body_sha256,
        "packet_sha256": revision.packet_sha256,
        "behind_sha256": _digest(carved.behind),
    }


def _digest(sections: Sequence[Mapping[str, str]]) -> str:
    return digest_of([{"name": one["name"], "text": one["text"]} for one in sections])


def _disagreements(
    revision: PacketRevision, proof: CarveOutProof | None, carved: CarveOut
) -> Iterable[str]:
    if carved.overlaps:
        yield f"{len(carved.overlaps)} overlaps are found now."
    if proof is None:
        yield "It was written without a proof."
        return
    if proof.method != METHOD:
        yield f"It was proved by {proof.method}; {METHOD} is in force."
    now = _facts(revision, carved)
    for name in ("sections", "body_sha256", "packet_sha256", "behind_sha256"):
        if getattr(proof, name) != now[name]:
            yield f"{name} is not what was proved."
