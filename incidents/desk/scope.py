"""Whose fault it is: words of the product, and evidence that the fault is in a customer's code.

A person's own code being mentioned is not evidence; its being blamed is. What a report quotes of
the customer's is never repeated in a finding, because findings may be shown outside.
"""

from dataclasses import dataclass

from incidents.desk.fault_words import FAULT_NOUNS, FAULTS, NO_FAULT
from incidents.desk.wording import Lexicon, Sentence

CUSTOMER, PRODUCT, MIXED = "customer-internal", "prism-product", "mixed"

_PRODUCT_WORDS = Lexicon(
    ("sage", "clara", "phone_home", "phone home", "phone homes", "bootstrap", "bootstraps",
     "bootstrapping", "bridge agent", "bridge agents", "bridge persona", "bridge personas",
     "care desk", "review page", "review gate", "roster", "agent key", "agent keys", "to_identity",
     "in_reply_to", "signal_type", "persona_class"),
    ("hi sage", "hi clara", "hello sage", "hello clara", "hey sage", "hey clara", "dear sage",
     "dear clara", "thanks sage", "thanks clara", "thank you sage", "thank you clara",
     "bootstrap css", "bootstrap theme", "bootstrap modal"),
)  # fmt: skip
_VOCATIVES = ("sage,", "clara,", "sage:", "clara:", "@sage", "@clara")
_OWNERS = frozenset({"my", "our", "customer's", "client's"})
_OWN_THINGS = frozenset(
    {"code", "codebase", "script", "scripts", "app", "apps", "application", "applications",
     "service", "services", "microservice", "repo", "repository", "module", "library", "parser",
     "crawler", "scraper", "pipeline", "job", "test", "tests", "backend", "frontend", "website",
     "site", "schema", "function", "class", "notebook", "plugin", "component", "program", "bot",
     "wrapper", "adapter", "model", "models", "query", "queries", "migration", "migrations",
     "database", "worker", "server", "project", "importer", "exporter", "handler"}
)  # fmt: skip
_BLAME_NOUNS = frozenset(
    {"bug", "bugs", "error", "errors", "fault", "faults", "mistake", "mistakes", "problem",
     "problems", "regression", "exception", "crash", "typo", "defect", "issue", "off"}
)  # fmt: skip
_BLAMING = Lexicon(
    ("our fault", "my fault", "our mistake", "my mistake", "our own bug", "my own bug",
     "in house code", "customer code", "customer side", "our side", "my side", "on our end",
     "not a prism problem", "nothing to do with prism", "not prism's fault",
     "our own code", "my own code", "our own script", "my own script"),
    ("from our side", "not our fault", "not our code", "not our own code", "not in our own code",
     "not in our code", "nothing wrong on our side", "not on our side", "no error on our side",
     "not on our end", "not my own code"),
)  # fmt: skip
_NOT_BLAMED = Lexicon(
    ("not in our", "not in my", "not our", "not my", "nothing wrong with our",
     "nothing wrong in our", "no bug in our", "no error in our", "no fault in our"),
)  # fmt: skip
_FAULT = Lexicon((*FAULTS, *FAULT_NOUNS, "misses", "wrong"), NO_FAULT)
_REACH_WORDS = 4  # "our very own billing service": words from the owner to the thing


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sentence says about whose fault it is; `why` names the rule, quoting no content."""

    product: str | None
    customer: str | None


def read_evidence(sentence: Sentence) -> Evidence:
    """Product terms and customer-side evidence in one sentence."""
    product = product_term(sentence)
    return Evidence(product=product, customer=_customer_evidence(sentence, product))


def product_term(sentence: Sentence) -> str | None:
    """The first product term, "Sage, ..." as an address not counted; any word of Prism's counts."""
    words = sentence.words
    if sentence.text.lstrip("> \t\n").lower().startswith(_VOCATIVES):
        words = words[1:]
    named = next((word for word in words if word.startswith("prism")), None)
    if named:
        # `prism_signal` is the product's own word; a longer made-up one is the customer's to say.
        return named if named in _KNOWN_TERMS else "prism"
    hits = _PRODUCT_WORDS.hits(words)
    return hits[0].phrase if hits else None


_KNOWN_TERMS = frozenset(
    {"prism", "prism_signal", "prism_bootstrap", "prism_memory", "prism_journal", "prism_todo",
     "prism_whois", "prism_phone_home", "prism_postmortem", "prism_root", "prism_care"}
)  # fmt: skip


def _customer_evidence(sentence: Sentence, product: str | None) -> str | None:
    words = sentence.words
    if _NOT_BLAMED.hits(words):
        return None
    blaming = _BLAMING.hits(words)
    if blaming:
        return blaming[0].phrase
    faults = {hit.index for hit in _FAULT.hits(words)}
    for index, owner in enumerate(words):
        if owner not in _OWNERS:
            continue
        thing = _thing_after(words, index)
        if thing is None:
            continue
        shown = f"{owner} … {words[thing]}" if thing > index + 1 else f"{owner} {words[thing]}"
        blamed_before = {*words[max(0, index - 3) : index]} & _BLAME_NOUNS
        blamed_after = any(
            at in faults for at in range(thing + 1, thing + _REACH_WORDS + 1)
        ) and not any(word.startswith("prism") for word in words[thing : thing + _REACH_WORDS + 1])
        if blamed_before or blamed_after or (product is None and faults):
            return shown
    return None


def _thing_after(words: tuple[str, ...], owner: int) -> int | None:
    """Where the owned thing stands: "our billing service"; the product's things are not owned."""
    for index in range(owner + 1, min(owner + 1 + _REACH_WORDS, len(words))):
        if words[index].startswith("prism"):
            return None
        if words[index] in _OWN_THINGS:
            return index
    return None
