from typing import Any

from incidents.desk.rubric import rubric
from prism_care.management.documents import DocumentCommand, cell, head

_INTRODUCTION = """
How a report becomes information, an incident, an enhancement or a recommendation. The built-in
desk runs on these rules; an agent that takes the desk over reads them here or at
`GET /api/v1/rubric`, and may decide otherwise: its rationale is stored beside what these rules
would have said, so that agreement can be measured.
"""
_SHOWN_PHRASES = 12


class Command(DocumentCommand):
    help = "Write docs/rubric.md from the desk's rules."
    document = "docs/rubric.md"

    def render(self) -> str:
        shown = rubric()
        parts = [
            head("Rubric", "rubric_reference"),
            _INTRODUCTION,
            f"\nVersion `{shown['version']}`: the digest of all of it, every phrase included.\n",
            "\n## Classifications\n\n| classification | meaning |\n|---|---|\n",
            *(
                f"| `{one['classification']}` | {cell(one['meaning'])} |\n"
                for one in shown["classifications"]
            ),
            f"\n## Rules\n\n{shown['order']}\n",
            *(_rule(one) for one in shown["rules"]),
            "\n## Severities\n\nThe desk's suggestion in tier 4. The rules are read in the order "
            "P0, a named way around (P2), P1, P3; where none fires it is "
            f"{shown['default_severity']}.\n\n| severity | meaning | rules |\n|---|---|---|\n",
            *(_severity(one) for one in shown["severities"]),
        ]
        return "".join(parts)


def _rule(rule: dict[str, Any]) -> str:
    lines = [
        f"\n### {rule['place']}. {rule['name']}\n",
        f"`{rule['classification']}` when {rule['description']}.",
        *([f"Needs: {'; '.join(rule['needs'])}."] if rule["needs"] else []),
        *([_phrases(rule)] if rule["phrases"] else []),
        "\nExamples:\n",
        *(f"- {_quoted(text)}" for text in rule["examples"]),
        "\nNot this rule:\n",
        *(f"- {_quoted(text)}" for text in rule["counter_examples"]),
    ]
    return "\n".join(lines) + "\n"


def _phrases(rule: dict[str, Any]) -> str:
    phrases = rule["phrases"]
    shown = ", ".join(f"`{phrase}`" for phrase in phrases[:_SHOWN_PHRASES])
    more = len(phrases) - _SHOWN_PHRASES
    rest = f" and {more} more" if more > 0 else ""
    return f"Reads {rule['reads']} for {shown}{rest}."


def _quoted(text: str) -> str:
    """An example on one line; line ends are shown, not made."""
    if not text.strip():
        return "(white space)" if text else "(nothing)"
    return f"`` {text.replace(chr(10), '⏎')} ``"


def _severity(one: dict[str, Any]) -> str:
    rules = ", ".join(f"`{rule['name']}`" for rule in one["rules"])
    return f"| `{one['severity']}` | {cell(one['definition'])} | {rules} |\n"
