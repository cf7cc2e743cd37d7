"""Reading whether a signal asks where a case is, and which case it names."""

import re

from incidents.desk.classify import classify
from incidents.desk.report import Payload, read_report
from incidents.desk.rules import RULES
from incidents.desk.wording import sentences

# A question is short; a long report that also asks for news is a report.
MAX_QUESTION_CHARACTERS = 1000
MAX_CASES_NAMED = 10
_RULE = next(rule for rule in RULES if rule.name == "status-question")
_NEWS = _RULE.lexicon
_CASE = re.compile(r"\binc-\d{4}-\d{2}-\d{2}-\d{3,6}\b", re.IGNORECASE)


def cases_named(payload: Payload) -> tuple[str, ...]:
    """The incident ids in a payload, in order, each once, at most MAX_CASES_NAMED."""
    found = _CASE.findall(read_report(payload).text[:MAX_QUESTION_CHARACTERS])
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
