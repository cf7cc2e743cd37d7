"""Classify a report by the rules of `rules.py`, naming the rule that decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidents.desk.answers import answer_for
from incidents.desk.fault_words import CONDITIONS, SUPPOSITIONS
from incidents.desk.lanes import lane_owner
from incidents.desk.report import Report
from incidents.desk.rules import (
    ANYWHERE,
    ENHANCEMENT,
    INFO,
    QUESTIONS,
    RECOMMENDATION,
    RULES,
    STATEMENTS,
    TOLD,
    Rule,
)
from incidents.desk.wish_words import ADVICE, NOT_ADVICE, NOT_REQUESTS, REQUESTS
from incidents.desk.wording import Hit, Lexicon, Sentence, quoted, sentences

_WISHES = Lexicon(
    (*REQUESTS, *ADVICE, "feature request", "enhancement", "recommendation", "suggestion",
     "proposal"),
    (*NOT_REQUESTS, *NOT_ADVICE),
)  # fmt: skip
_CONDITIONS = Lexicon(CONDITIONS)
_SUPPOSITIONS = Lexicon(SUPPOSITIONS)
_NO_SENTENCES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Suggestion:
    """What the desk would do with a report.

    `classification` is info, incident, enhancement or recommendation; `rule` the name of the rule
    that decided and `rationale` the sentence that says why; `answer` is set for info alone,
    `lane_owner` for enhancement and recommendation alone. Source: seed 000 §Sage classifies.
    """

    classification: str
    rule: str
    rationale: str
    title: str
    answer: str | None
    lane_owner: str | None


def classify(report: Report, *, error_sentences: Mapping[str, str] = _NO_SENTENCES) -> Suggestion:
    """Suggest a classification; the first rule that fires decides, and one always does.

    `error_sentences` maps codes of the error catalogue to their sentences; a question that names
    one is answered with it.
    """
    read = sentences(report.text)
    codes = _codes_named(read, error_sentences)
    facts = _facts(report, read, codes)
    rule, hits = next(
        (rule, hits) for rule in RULES if (hits := _fires(rule, read, facts)) is not None
    )
    said = f"the report says {quoted(hit.phrase for hit in hits)}" if hits else rule.description
    answer = None
    if rule.classification == INFO:
        explained = {code: error_sentences[code] for code in codes}
        answer = answer_for(read, rule=rule.name, explained=explained)
    wish = rule.classification in (ENHANCEMENT, RECOMMENDATION)
    return Suggestion(
        classification=rule.classification,
        rule=rule.name,
        rationale=f"Rule `{rule.name}`: {said}.",
        title=report.title,
        answer=answer,
        lane_owner=lane_owner(read) if wish else None,
    )


def _fires(rule: Rule, read: list[Sentence], facts: frozenset[str]) -> list[Hit] | None:
    """The hits that make a rule fire; an empty list for a rule of facts alone; None if it rests."""
    if not rule.needs <= facts:
        return None
    if not rule.phrases:
        return []
    hits = [hit for sentence in read for hit in _counting_hits(rule, sentence)]
    return hits or None


def _reads(rule: Rule, sentence: Sentence) -> bool:
    if rule.where == QUESTIONS:
        return sentence.question
    if rule.where == STATEMENTS:
        # A wish may name the error it wants to be rid of; the wish rules come to that.
        declared = rule.classification in (ENHANCEMENT, RECOMMENDATION)
        return not sentence.question and (declared or not _WISHES.hits(sentence.words))
    return rule.where in (ANYWHERE, TOLD)


def _counting_hits(rule: Rule, sentence: Sentence) -> list[Hit]:
    hits = rule.lexicon.hits(sentence.words) if _reads(rule, sentence) else []
    if not hits or rule.where != TOLD:
        return hits
    supposed_from = _supposed_from(sentence)
    return [hit for hit in hits if hit.index < supposed_from]


def _supposed_from(sentence: Sentence) -> int:
    """The word from which a fault is only supposed: "please retry when it fails", "what if ...?".

    The number of words where nothing in the sentence is.
    """
    if _WISHES.hits(sentence.words):
        conditions = _CONDITIONS.hits(sentence.words)
    else:
        conditions = _SUPPOSITIONS.hits(sentence.words) if sentence.question else []
    return conditions[0].index if conditions else len(sentence.words)


def _codes_named(read: list[Sentence], error_sentences: Mapping[str, str]) -> list[str]:
    named = (word for sentence in read for word in sentence.words if word in error_sentences)
    return list(dict.fromkeys(named))


def _facts(report: Report, read: list[Sentence], codes: list[str]) -> frozenset[str]:
    """Facts of the whole report that rules ask for in `needs`."""
    # A statement of up to four words is a sign-off or a line like "version: 1.2".
    matter = [sentence for sentence in read if sentence.question or len(sentence.words) > 4]
    questions = [sentence for sentence in read if sentence.question]
    asks_meaning = any({"mean", "means", "meaning", "meant"} & {*s.words} for s in questions)
    asks_why = any("why" in s.words[:3] or s.words[:2] == ("how", "come") for s in questions)
    holds = {
        "empty": all(sentence.greeting for sentence in read),
        "trace": bool(report.stack_trace),
        "question": bool(questions),
        "one-sentence": len(matter) <= 1,
        "asks-meaning": asks_meaning,
        "bare-question": bool(questions) and len(questions) == len(matter),
        "why": asks_why,
        "code": bool(codes),
    }
    return frozenset(name for name, true in holds.items() if true)
