"""Sage's rubric as data: the rules by which the built-in desk classifies a report.

Order matters: the first rule that fires decides. Each rule carries examples that it must decide
and counter-examples that it must leave to another rule; the tests read both.
Source: seed 000 §Sage classifies; `docs/` shows this table to any agent that takes the desk over.
"""

from dataclasses import dataclass, field

from incidents.desk.fault_words import FAULT_NOUNS, FAULTS, NO_FAULT, UNEASE
from incidents.desk.wish_words import (
    ADVICE,
    ASKS_TO_EXPLAIN,
    HOW_TO,
    MEANING,
    NOT_ADVICE,
    NOT_REQUESTS,
    REQUESTS,
    STATUS,
)
from incidents.desk.wording import Lexicon

INFO, INCIDENT = "info", "incident"
ENHANCEMENT, RECOMMENDATION = "enhancement", "recommendation"
CLASSIFICATIONS = (INFO, INCIDENT, ENHANCEMENT, RECOMMENDATION)

# Where in the report a rule's phrases count.
ANYWHERE, QUESTIONS, STATEMENTS, TOLD = "anywhere", "questions", "statements", "told"


@dataclass(frozen=True)
class Rule:
    """One named rule.

    It fires when every fact in `needs` holds for the report and, where it has phrases, at least
    one of them stands in the part of the report that `where` names. `description` continues the
    sentence "It fires when ..." and is the rationale of a rule without phrases.
    """

    name: str
    classification: str
    description: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    where: str = ANYWHERE
    lexicon: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lexicon", Lexicon(self.phrases, self.neutral))


RULES: tuple[Rule, ...] = (
    Rule(
        "empty-report", INFO, "the report says nothing beyond polite words",
        needs=frozenset({"empty"}),
        examples=("", "   \n\n", "???", "Hi Sage! Thanks."),
        counter_examples=("It crashes.", "How?", "Please fix the inbox"),
    ),
    Rule(
        "stack-trace", INCIDENT, "the report holds a stack trace", needs=frozenset({"trace"}),
        examples=(
            'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: x',
            "What is this?\nTypeError: x is not a function\n    at run (/app/a.js:3:9)",
        ),
        counter_examples=("Where do I put a stack trace in my report?", "It crashes."),
    ),
    Rule(
        "status-question", INFO, "one sentence asks for the state of a report",
        phrases=STATUS, needs=frozenset({"one-sentence", "question"}),
        examples=(
            "What is the status of my report?",
            "Any news on inc-2026-03-01-004, the crash of the worker?",
        ),
        counter_examples=(
            "Any news? It crashed again this morning and the data is gone.",
            "The status of the worker is wrong.",
        ),
    ),
    Rule(
        "meaning-question", INFO, "one sentence asks what a word or code means",
        phrases=MEANING, neutral=("what does not",),
        needs=frozenset({"one-sentence", "question", "asks-meaning"}),
        examples=(
            "What does phone_home_auth_required mean?",
            "What does the error 'transport failed' mean?",
        ),
        counter_examples=("What does it do when it crashes?", "It means trouble."),
    ),
    Rule(
        "fault-words", INCIDENT, "it tells of something that broke",
        phrases=FAULTS, neutral=NO_FAULT, where=TOLD,
        examples=(
            "prism_signal crashes when to_identity is empty.",
            "Why does prism_signal crash?",
            "The dashboard stopped working after the upgrade.",
            "I cannot send a signal to Sage.",
        ),
        counter_examples=(
            "Please add a retry when a signal fails.",
            "How does Prism prevent data loss?",
            "Could you improve the error messages?",
        ),
    ),
    Rule(
        "code-question", INFO, "it asks about a code of the error catalogue",
        needs=frozenset({"code", "question"}),
        examples=("I got phone_home_auth_required, what now?",),
        counter_examples=("prism_phone_home crashes with phone_home_auth_required.",),
    ),
    Rule(
        "declared-request", ENHANCEMENT, "it calls itself a feature request",
        phrases=("feature request", "feature requests", "feature_request", "enhancement",
                 "enhancement request"),
        neutral=("enhancement or recommendation", "enhancement and recommendation"),
        where=STATEMENTS,
        examples=("Feature request: approve several packets at once.",),
        counter_examples=("How do I file a feature request?", "Feature request: it crashes."),
    ),
    Rule(
        "declared-advice", RECOMMENDATION, "it calls itself a suggestion",
        phrases=("recommendation", "recommendations", "suggestion", "suggestions", "proposal"),
        neutral=("enhancement or recommendation", "enhancement and recommendation"),
        where=STATEMENTS,
        examples=("Recommendation: keep one journal per project.",
                  "A suggestion about errors: number them."),
        counter_examples=("Who reads a recommendation?",),
    ),
    Rule(
        "fault-mention", INCIDENT, "a statement names an error",
        phrases=FAULT_NOUNS, neutral=NO_FAULT, where=STATEMENTS,
        examples=("500 on POST /signals since noon.", "KeyError: 'thread_id' on every reply."),
        counter_examples=("Please add better error messages.", "Where are errors listed?"),
    ),
    Rule(
        "feature-request", ENHANCEMENT, "it asks for something new",
        phrases=REQUESTS, neutral=NOT_REQUESTS,
        examples=(
            "Please add a dark theme to the dashboard.",
            "It would be nice to filter the inbox by thread.",
            "Support for PostgreSQL 18 please.",
            "Could you add a --json flag to the roster command?",
        ),
        counter_examples=("Is there support for PostgreSQL?", "The new page is broken."),
    ),
    Rule(
        "advice", RECOMMENDATION, "it advises a change of practice or design",
        phrases=ADVICE, neutral=NOT_ADVICE,
        examples=(
            "We should rotate agent keys every month.",
            "I suggest to split the scheduler lane.",
            "Consider keeping one journal per project.",
            "It is better practice to name the owner in the signal.",
        ),
        counter_examples=("What do you recommend for key rotation?", "Should we rotate keys?"),
    ),
    Rule(
        "why-question", INCIDENT, "it asks why something is not as it should be",
        phrases=(*FAULT_NOUNS, *UNEASE), neutral=NO_FAULT, where=QUESTIONS,
        needs=frozenset({"why"}),
        examples=("Why is the dashboard so slow?", "Why do I see the error 503?"),
        counter_examples=("Why does the desk ask for a stack trace?",),
    ),
    Rule(
        "unease", INCIDENT, "a statement says that something is not as it should be",
        phrases=UNEASE, neutral=NO_FAULT, where=STATEMENTS,
        examples=("The roster is missing Clara.", "Typo on the review page: 'aproved'."),
        counter_examples=("Is there a problem with two keys for one persona?",),
    ),
    Rule(
        "how-to", INFO, "it asks how, where, which or what", phrases=HOW_TO, where=QUESTIONS,
        examples=(
            "How do I send a signal to Clara?",
            "Where is the journal stored?",
            "Which command lists the open packets?",
            "Is there support for PostgreSQL?",
        ),
        counter_examples=("That is not what is on the page.", "It crashes."),
    ),
    Rule(
        "asks-to-explain", INFO, "it asks for an explanation or for documentation",
        phrases=ASKS_TO_EXPLAIN,
        examples=("Please explain the five tiers.", "Point me to the docs of prism_memory."),
        counter_examples=("The five tiers are out of order.",),
    ),
    Rule(
        "bare-question", INFO, "it is a question and states nothing",
        needs=frozenset({"bare-question"}),
        examples=("Hi Sage. Does Clara speak German?", "Are keys shared between personas?"),
        counter_examples=("The roster shows Jade two times over. Is that right?",),
    ),
    Rule(
        "statement", INCIDENT,
        "it states something that no other rule of the desk knows, so a person looks at it",
        examples=("The roster shows Jade two times over.", "Der Posteingang ist leer."),
        counter_examples=("Does Clara speak German?",),
    ),
)  # fmt: skip
