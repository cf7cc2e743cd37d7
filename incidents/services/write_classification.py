"""The row that says who classified a report as what, why, and what the desk would have said."""

from incidents.desk import Suggestion
from incidents.desk.rubric import RUBRIC_VERSION
from incidents.models import ClassificationRow, Intake
from incidents.thread import note_classified
from kernel.principals import Principal


def write_classification(
    intake: Intake,
    *,
    classification: str,
    rationale: str,
    rule: str,
    opinion: Suggestion,
    by: Principal,
) -> ClassificationRow:
    """In the caller's transaction. The intake's own fields follow its last row; the caller saves
    them with what else changes."""
    intake.classification, intake.rationale = classification, rationale
    row = ClassificationRow.objects.create(
        intake=intake,
        classification=classification,
        rationale=rationale,
        rule=rule,
        decided_by=by.label[:200],
        desk_classification=opinion.classification,
        desk_rule=opinion.rule,
        rubric_version=RUBRIC_VERSION,
    )
    note_classified(row, by=by)
    return row
