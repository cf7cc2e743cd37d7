"""What the desk decided about a report."""

from dataclasses import dataclass

from incidents.desk import Suggestion


@dataclass(frozen=True)
class Verdict:
    """`answer` is required for info; `title` names an incident or todo; `rule` is the rubric's,
    where a rule decided."""

    classification: str
    rationale: str
    answer: str = ""
    lane_owner: str = ""
    title: str = ""
    rule: str = ""

    @classmethod
    def of(cls, suggestion: Suggestion) -> "Verdict":
        """The built-in desk's suggestion, acted upon."""
        return cls(
            classification=suggestion.classification,
            rationale=suggestion.rationale,
            answer=suggestion.answer or "",
            lane_owner=suggestion.lane_owner or "",
            title=suggestion.title,
            rule=suggestion.rule,
        )
