"""Severity as data: what P0 to P3 mean, and the words that point to each.

Order of reading: P0; a named way around makes P2; P1; P3; P2 where nothing points anywhere.
Source: SPEC-114 tier 4.
"""

from dataclasses import dataclass

from incidents.desk.wording import Lexicon, Sentence, quoted

DEFAULT_SEVERITY = "P2"
SEVERITY_DEFINITIONS: dict[str, str] = {
    "P0": "Data is lost or exposed, security is broken, or all customers are down.",
    "P1": "A main function is down for the reporter and there is no way around it.",
    "P2": "A function is degraded, or there is a way around.",
    "P3": "Cosmetic: wording, layout, nothing that stops work.",
}


@dataclass(frozen=True)
class SeverityRule:
    """Phrases that point to one severity; `neutral` phrases hide them."""

    name: str
    severity: str
    lexicon: Lexicon


SEVERITY_RULES: tuple[SeverityRule, ...] = (
    SeverityRule("data-or-security", "P0", Lexicon(
        ("data loss", "lost data", "lose data", "loses data", "losing data", "data was lost",
         "data is lost", "data is gone", "lost all", "were lost", "was wiped", "wiped", "wipes",
         "deleted all", "deletes all", "deleted our", "deleted my", "corrupt~", "corruption",
         "security hole", "security issue", "security problem", "security bug", "security incident",
         "vulnerability", "vulnerabilities", "exploit~", "sql injection", "command injection",
         "prompt injection", "remote code execution", "rce", "xss", "csrf", "privilege escalation",
         "unauthorized access", "unauthorised access", "without authorization", "bypasses review",
         "bypasses the review", "bypassed the review", "without approval", "not approved by",
         "another tenant", "another tenant's", "other tenant", "other tenant's", "other tenants",
         "of another project", "from another project",
         "from a different project", "other projects data", "leaks secrets", "leaked secret",
         "leaks the token", "leaked the token", "leaks tokens", "leaks credentials",
         "leaked credentials", "leaks our", "leaked our", "data leak", "leaks data",
         "token in the log", "token in plain text", "secret in the log", "secrets in the log",
         "password in the log", "in plain text", "in clear text", "not redacted", "unredacted",
         "all customers", "every customer", "all tenants", "every tenant", "complete outage",
         "total outage", "full outage", "everything is down", "everyone is down",
         "whole platform is down", "the whole service is down"),
        ("no data loss", "without data loss", "no data was lost", "data loss prevention",
         "prevent data loss", "no security issue", "not a security issue", "memory leak",
         "no corruption", "no data is lost"))),
    SeverityRule("way-around", "P2", Lexicon(
        ("workaround", "work around", "workarounds", "way around", "sometimes", "intermittent",
         "intermittently", "occasionally", "now and then", "once in a while", "flaky",
         "works if", "works when i", "works after", "works again after", "retry helps",
         "retrying helps", "a retry works", "second try works", "after a restart it works",
         "restart helps", "restarting helps", "slow", "slower", "slowly", "degraded", "minor delay",
         "one in ten"),
        ("no workaround", "no work around", "no way around", "without a workaround",
         "no known workaround", "found no workaround", "workaround does not", "not a workaround",
         "retry does not help"))),
    SeverityRule("main-function-down", "P1", Lexicon(
        ("no workaround", "no work around", "no way around", "without a workaround",
         "no known workaround", "found no workaround", "is down", "are down", "went down",
         "goes down", "outage", "unusable", "blocked", "blocks us", "blocks me", "blocking us",
         "blocker", "nothing works", "nothing works anymore", "completely broken", "does not start",
         "doesn't start", "won't start", "will not start", "cannot start", "can't start",
         "does not boot", "stopped working", "stops working", "stopped responding", "every time",
         "each time", "always fails", "always crash~", "every signal", "all signals", "every agent",
         "all agents", "every call", "all calls", "all requests", "every request", "no agent can",
         "nobody can", "no one can", "in production", "production is", "cannot send",
         "can't send", "unable to send", "cannot log in", "can't log in", "cannot bootstrap",
         "can't bootstrap", "cannot install", "can't install", "segfault~", "core dumped",
         "urgent", "critical", "deadlock~", "infinite loop", "crash loop", "crash~ on start",
         "crashes on start", "crashes at start", "on startup", "at startup", "total failure"),
        ("not urgent", "not critical", "not a blocker", "not blocked", "not blocking us"))),
    SeverityRule("cosmetic", "P3", Lexicon(
        ("typo", "typos", "misspelled", "misspelling", "spelling", "grammar", "cosmetic",
         "misaligned", "alignment", "off by one pixel", "a few pixels", "pixels", "colour", "color",
         "wording", "font", "padding", "capitalised", "capitalized", "tooltip", "favicon",
         "nitpick", "nit", "purely visual", "ugly", "broken link", "dead link"))),
)  # fmt: skip


def read_severity(read: list[Sentence]) -> tuple[str, str]:
    """The severity that the words point to and a sentence that names the rule and its words."""
    for rule in SEVERITY_RULES:
        hits = [hit.phrase for sentence in read for hit in rule.lexicon.hits(sentence.words)]
        if hits:
            said = f"Severity {rule.severity} by rule `{rule.name}`: the report says {quoted(hits)}"
            return rule.severity, said + "."
    return DEFAULT_SEVERITY, (
        f"Severity {DEFAULT_SEVERITY} by default: no word of the report points to another."
    )


_CLAIMS = ("P0", "P1", "P2", "P3")


def claimed_severity(read: list[Sentence]) -> str | None:
    """A severity that the reporter names; noted, not followed, since reporters do not classify."""
    words = {word for sentence in read for word in sentence.words}
    return next((claim for claim in _CLAIMS if claim.lower() in words), None)
