"""Sage's rubric as data: the rules by which the built-in desk classifies a report.

Order matters: the first rule that fires decides. Each rule carries examples that it must decide
and counter-examples that it must leave to another rule; the tests read both.
Source: seed 000 §Sage classifies; `docs/` shows this table to any agent that takes the desk over.
"""

from dataclasses import dataclass, field

from incidents.desk.fault_words import FAULT_NOUNS, FAULTS, NO_FAULT, UNEASE
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


REQUESTS = (
    "please add", "please support", "please implement", "please provide", "please allow",
    "please make it possible", "could you add", "can you add", "could you support",
    "could you implement", "can you implement", "could you provide", "would you add",
    "can we get", "could we get", "could we have", "can we have", "it would be nice",
    "would be nice", "it would be great", "would be great", "it would be helpful",
    "would be helpful", "would be useful", "it would help", "would love", "support for",
    "add support", "adding support", "i would like to have", "i'd like to have", "i wish",
    "we wish", "wish there was", "wish there were", "wishlist", "wish list", "new feature",
    "feature idea", "an option to", "a way to", "add an option", "add a flag", "add a filter",
    "add a field", "we would like to be able", "i would like to be able", "i'd like to be able",
    "missing feature", "we need a", "we need an", "i need a way", "let us", "allow us to",
)  # fmt: skip
NOT_REQUESTS = (
    "is there support for", "is there already support for", "is there a way to",
    "is there any way to", "is there an option to", "for your support", "what is a way to",
    "do you have support for", "which support for", "find a way to", "found a way to",
    "a way to contact",
)  # fmt: skip
ADVICE = (
    "we should", "you should", "prism should", "the desk should", "the docs should",
    "the team should", "should be documented", "should probably", "should rather",
    "i suggest", "we suggest", "i'd suggest", "i would suggest", "suggest to", "suggesting",
    "my suggestion", "a suggestion", "recommend", "recommends", "i recommend", "we recommend",
    "i'd recommend", "would recommend", "consider", "please consider", "better practice",
    "best practice", "it would be better", "would be better", "it is better to",
    "i propose", "we propose", "an idea", "worth considering", "it might be worth",
    "might be better", "ought to",
)  # fmt: skip
NOT_ADVICE = (
    "do you recommend", "would you recommend", "do you suggest", "would you suggest",
    "do you consider", "what we should", "which we should", "how we should", "where we should",
    "is it best practice", "what is the best practice", "what is best practice",
    "is there a best practice", "when we should", "recommended",
)  # fmt: skip
HOW_TO = (
    "how do i", "how do we", "how do you", "how can i", "how can we", "how to", "how does",
    "how should i", "how should we", "how would i", "how would we", "how is", "how are", "how long",
    "how many", "how much", "how often", "where is", "where are", "where can i", "where can we",
    "where do i", "where do we", "where does", "where should", "where's", "what does", "what do",
    "what is", "what are", "what's", "which command", "which verb", "which setting",
    "which option", "which file", "which endpoint", "which scope", "which version", "which role",
    "which key", "which header", "which labels", "who is", "who can", "who may", "who sees",
    "who reads", "who approves", "who decides", "is there a way", "is there any way", "is there an",
    "is there a", "is there support", "is it possible", "can i", "can we", "may i", "may we",
    "do i need", "do we need", "do i have", "do we have to", "what happens", "when will",
    "when does", "when do", "link to the docs", "should i", "should we",
)  # fmt: skip
ASKS_TO_EXPLAIN = (
    "please explain", "explain how", "explain what", "explain why", "could you explain",
    "can you explain", "tell me how", "tell me where", "tell me what", "point me to",
    "i would like to know", "i'd like to know", "i want to know", "we want to know", "wondering",
    "looking for the docs", "looking for documentation", "cannot find the docs",
    "can't find the docs", "could not find the docs", "couldn't find the docs",
    "cannot find documentation", "can't find documentation", "could not find documentation",
    "need help with", "need instructions", "question about", "a quick question",
)  # fmt: skip
MEANING = (
    "what does this error mean", "what does that error mean", "what does the error",
    "what does this code", "what is the meaning of", "what's the meaning of", "meaning of the",
    "what does the code", "what does the error code", "what does error", "what does it mean",
    "what does this mean", "what does that mean", "what is meant by", "what does",
)  # fmt: skip
STATUS = (
    "status of my", "status of our", "status of incident", "status of inc", "status of the",
    "what is the status", "what's the status", "any news", "any update", "any updates",
    "what is happening with", "what happened to my report", "what became of", "where is my report",
    "is there news", "progress on",
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule(
        "empty-report", INFO, "the report holds no words", needs=frozenset({"empty"}),
        examples=("", "   \n\n", "???"),
        counter_examples=("It crashes.", "How?"),
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
