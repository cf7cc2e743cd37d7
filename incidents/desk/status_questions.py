"""Reading whether a signal asks where a case is, and which case it names."""

import re

from incidents.desk.classify import classify
from incidents.desk.report import Payload, read_report
from incidents.desk.rules import RULES
from incidents.desk.wording import Sentence, sentences

# A question is short; a long report that also asks for news is a report.
MAX_QUESTION_CHARACTERS = 1000
MAX_CASES_NAMED = 10
_RULE = next(rule for rule in RULES if rule.name == "status-question")
_NEWS = _RULE.lexicon
_CASE = re.compile(r"\binc-\d{4}-\d{2}-\d{2}-\d{3,6}\b", re.IGNORECASE)
# What a question about a case that it names may be by the rubric; a fault, a wish or the meaning
# of a word wants more than news.
_ABOUT_A_CASE = {"empty-report", _RULE.name, "how-to", "asks-to-explain", "bare-question"}
# "Status inc-…", "please tell me about inc-…": no rule knows them, and nothing else is said.
_ASKING = frozenset(
    {"status", "state", "news", "update", "updates", "progress", "tell", "show", "give", "know",
     "want", "need", "like", "would", "hear", "check", "me", "us", "i", "we", "my", "our", "about",
     "on", "of", "in", "for", "with", "to", "the", "a", "an", "is", "it", "current", "latest",
     "case", "report", "incident", "incidents", "incident_id", "id", "question", "regarding",
     "info", "information", "how", "what", "where", "stands", "goes", "please", "asking"}
)  # fmt: skip


def cases_named(payload: Payload) -> tuple[str, ...]:
    """The incident ids in a payload, in order, each once, at most MAX_CASES_NAMED."""
    found = _CASE.findall(read_report(payload).text)
    return tuple(dict.fromkeys(name.lower() for name in found))[:MAX_CASES_NAMED]


def asks_for_status(payload: Payload) -> bool:
    """Whether the one matter of a payload is where a report is: the rubric's `status-question`, or
    the id of a case and nothing else."""
    report = read_report(payload)
    if len(report.text) > MAX_QUESTION_CHARACTERS:
        return False
    read = sentences(report.text)
    # Most reports hold none of its phrases, and then the other rules need not be read.
    if any(_NEWS.hits(one.words) for one in read) and classify(report).rule == _RULE.name:
        return True
    rest = _CASE.sub(" ", report.text)
    return rest != report.text and all(sentence.greeting for sentence in sentences(rest))


def asks_about_a_case(payload: Payload) -> bool:
    """Whether a payload names a case and tells of nothing that broke and wishes for nothing: "is
    inc-… resolved?", "please tell me about inc-…"."""
    report = read_report(payload)
    if len(report.text) > MAX_QUESTION_CHARACTERS or report.stack_trace:
        return False
    # An id is no word of the matter: the number of one may be 500.
    rest = _CASE.sub("the case", report.text)
    if rest == report.text:
        return False
    rule = classify(read_report(rest)).rule
    if rule == "statement":
        return all(_only_asks(sentence) for sentence in sentences(rest))
    return rule in _ABOUT_A_CASE


def _only_asks(sentence: Sentence) -> bool:
    return sentence.greeting or _ASKING.issuperset(sentence.words)
