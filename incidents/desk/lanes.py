"""Component lanes of the product and the words by which a report names them.

The names are the optional component labels of SPEC-115 §GitHub Issue Shape.
"""

from collections.abc import Iterable

from incidents.desk.wording import Lexicon, Sentence

DEFAULT_LANE = "product"
LANE_WORDS: dict[str, tuple[str, ...]] = {
    "signals": ("prism_signal", "signal", "signals", "signalling", "signaling", "inbox", "outbox",
                "bridge", "roster", "prism_whois", "in_reply_to", "to_identity", "thread_id",
                "routing", "broadcast", "broadcasts"),
    "bootstrap": ("bootstrap", "prism_bootstrap", "bootstrapping", "bootstraps", "onboarding",
                  "onboard", "prism_onboard"),
    "install": ("install", "installs", "installed", "installer", "installation", "installing",
                "prism_install", "upgrade", "upgrading", "upgraded", "uninstall", "pip",
                "docker image", "container image", "make run", "setup"),
    "memory": ("memory", "memories", "prism_memory", "prism_recall", "recall", "journal",
               "journals", "prism_journal", "prism_remember", "intel"),
    "dashboard": ("dashboard", "console", "review page", "chart", "charts", "widget", "ui",
                  "dark theme", "dark mode", "web page", "login page", "button", "buttons"),
    "scheduler": ("scheduler", "prism_schedule", "schedule", "schedules", "scheduled", "cron",
                  "crontab", "periodic", "nightly job", "recurring", "celery beat"),
    "docs": ("docs", "documentation", "readme", "manual", "guide", "docstring", "tutorial",
             "documented", "changelog"),
}  # fmt: skip
COMPONENTS = tuple(LANE_WORDS)
_NEUTRAL = (
    "out of memory", "memory leak", "memory usage", "in memory", "of memory", "much memory",
    "cannot find the docs", "can't find the docs", "signal 9", "signal 11", "bootstrap css",
)  # fmt: skip
_LEXICONS = {lane: Lexicon(words, _NEUTRAL) for lane, words in LANE_WORDS.items()}


def count_lanes(sentences: Iterable[Sentence]) -> dict[str, list[str]]:
    """The words found per lane, lanes with the most words first, then in the order above."""
    found: dict[str, list[str]] = {lane: [] for lane in LANE_WORDS}
    for sentence in sentences:
        for lane, lexicon in _LEXICONS.items():
            found[lane].extend(hit.phrase for hit in lexicon.hits(sentence.words))
    ranked = sorted(found, key=lambda lane: -len(found[lane]))
    return {lane: found[lane] for lane in ranked if found[lane]}


def lane_owner(sentences: Iterable[Sentence]) -> str:
    """The lane that a request or a recommendation belongs to; "product" where none is named."""
    return next(iter(count_lanes(sentences)), DEFAULT_LANE)
