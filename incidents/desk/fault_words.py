"""The vocabulary of faults, and the phrases in which those words tell of none."""

# Words that say something broke. They outweigh a question form: "Why does it crash?" is a report.
FAULTS = (
    "crash~", "traceback", "tracebacks", "segfault~", "segmentation fault", "core dumped",
    "panicked", "panics", "panic", "hang~", "hung", "freeze~", "froze", "frozen", "stuck",
    "deadlock~", "infinite loop", "unresponsive", "fail~", "failure occurs", "broken", "breaks",
    "broke", "regression", "regressions", "regressed", "wrong result~", "wrong answer",
    "wrong answers", "wrong output", "wrong value~", "wrong order", "is wrong", "are wrong",
    "goes wrong", "went wrong", "wrong with", "incorrect", "incorrectly", "data loss", "lost data",
    "lose~ data", "losing data", "data was lost", "data is lost", "data is gone", "got lost",
    "was lost", "were lost", "lost all", "loses", "losing", "corrupt~", "corruption", "wiped",
    "disappear~", "vanish~", "does not work", "doesn't work", "do not work", "don't work",
    "did not work", "didn't work", "not working", "isn't working", "no longer work~",
    "not work anymore", "stopped working", "stops working", "stop working", "stopped responding",
    "stopped", "cannot", "can't", "can not", "couldn't", "could not", "unable to", "won't",
    "will not start", "refuses to", "throws", "threw", "raises", "raised", "blow~ up", "blew up",
    "get an error", "gets an error", "got an error", "getting an error", "get this error",
    "got this error", "returns an error", "returned an error", "error 500", "http 500",
    "500 internal", "internal server error", "returns 500", "returned 500", "returns a 500",
    "status 500", "a 500", "500s", "502 bad gateway", "returns 502", "returns 503", "returns 404",
    "permission denied", "connection refused", "connection reset", "out of memory", "oom",
    "timed out", "times out", "timing out", "time out", "no longer arrive~", "never arrive~",
    "never arrives", "not arrive", "not delivered", "never delivered", "not delivering",
    "never returns", "never answered", "leak~", "leaked", "exposed", "outage", "is down",
    "are down", "went down", "goes down", "unusable", "bug in", "a bug", "the bug", "this bug",
    "bug report", "bug", "defect", "defects", "fault in", "faulty", "should not happen",
    "shouldn't happen", "misbehave~", "silently drop~", "drops", "dropped", "dropping",
    "memory leak", "non zero exit", "nonzero exit", "exit code 1", "exited with", "was killed",
    "aborted", "aborts", "garbled", "truncated", "truncates", "blank page", "empty page",
    "white screen", "nothing happens", "does nothing", "do nothing", "race condition",
    "security hole", "vulnerability", "sql injection", "unauthorized access",
    "unauthorised access", "privilege escalation", "sent twice", "filed twice", "delivered twice",
    "runs twice", "ran twice", "ignores the", "ignored the",
)  # fmt: skip

# Nouns that name a fault when a statement uses them; a question may only ask about them.
FAULT_NOUNS = (
    "an error name", "error", "errors", "exception", "exceptions", "timeout", "timeouts",
    "failure", "failures", "500", "502", "503", "504", "bugs", "fault", "faults", "incident",
)  # fmt: skip

# Words of unease: a report when nothing else is asked for, a motive when something is.
UNEASE = (
    "missing", "slow", "slower", "flaky", "unreliable", "problem", "problems", "issue", "issues",
    "stale", "outdated", "out of sync", "duplicate~", "duplicated", "twice", "typo", "typos",
    "misspelled", "misaligned", "overlap~", "overlapping", "unreadable", "cosmetic", "wrong",
    "unexpected", "unexpectedly", "strange", "weird", "inconsistent", "404", "401", "403",
    "not found", "no longer", "instead of", "supposed to", "expected",
)  # fmt: skip

# Phrases in which the words above tell of no fault.
NO_FAULT = (
    "no error", "no errors", "without error", "without errors", "without any error",
    "without any errors", "no exception", "error none", "error false", "errors 0",
    "error message", "error messages", "error code", "error codes", "error catalogue",
    "error reference", "errors reference", "error page", "error handling", "error envelope",
    "error budget", "error text", "error texts", "error log", "error logs", "error report",
    "exception handling", "stack trace", "failure mode", "failure modes", "failure codes",
    "failure code", "fail closed", "fails closed", "fail safe", "failover", "fail fast",
    "fail over", "timeout option", "timeout setting", "timeout settings", "timeout parameter",
    "timeout value", "default timeout", "review timeout", "the timeout of", "a timeout for",
    "a configurable timeout", "configurable timeout", "timeout to", "time out after how",
    "incident id", "incident ids", "incident record", "incident management", "incident status",
    "incident page", "incident list", "my incident", "incident manager", "an incident",
    "incident title", "incident report", "bug tracker", "no data loss", "without data loss",
    "no data was lost", "against data loss", "data loss prevention", "prevent data loss",
    "report a bug", "reporting a bug", "report bugs", "file a bug", "filing a bug", "submit a bug",
    "report a crash", "report crashes", "report a defect", "report a fault", "report an error",
    "report errors", "report an incident", "file an incident", "report incidents", "report faults",
    "a bug or", "or a bug", "bug or a feature",
    "cannot wait", "can't wait", "can't we", "could not find the docs", "cannot find the docs",
    "can't find the docs", "cannot find documentation", "can't find documentation",
    "could not find documentation", "can't find it in the docs", "cannot find it in the docs",
    "could not find it in the docs", "couldn't find it in the docs", "couldn't find the docs",
    "if i can't", "if we can't", "issue number", "issue tracker", "issue url", "github issue",
    "github issues", "the issue url", "issue sync", "no problem", "no problems", "no issues",
    "not an incident", "not a bug", "not a bug report", "no bug", "isn't a bug", "is not a bug",
    "not broken", "nothing is broken", "nothing broke", "did not fail", "didn't fail",
    "never fails", "does not fail", "doesn't fail", "does not crash", "doesn't crash",
    "did not crash", "no crash", "no crashes", "frozen state", "freeze switch", "hang on",
    "as expected", "time out setting", "dropdown", "raised by me", "raised my", "panic button",
    "data loss protection", "exposed as", "exposed by the api", "exposed in the api",
)  # fmt: skip

# "retry when a signal fails": the fault is supposed, not told.
CONDITIONS = ("if", "when", "whenever", "unless", "once", "in case", "in case of", "on")
SUPPOSITIONS = ("if", "whenever", "unless", "in case", "in case of", "what happens when")
