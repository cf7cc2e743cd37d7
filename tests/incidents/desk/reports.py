"""Realistic reports with what a careful person at the desk would decide about each."""

from dataclasses import dataclass

from incidents.desk.report import Payload


@dataclass(frozen=True)
class Case:
    """A payload, its classification, and for incidents severity, scope and a component."""

    name: str
    payload: Payload
    classification: str
    severity: str | None = None
    scope: str | None = None
    component: str | None = None
    lane: str | None = None


PY_PRODUCT = """prism_signal blew up on me:

Traceback (most recent call last):
  File "/srv/app/worker.py", line 41, in run
    client.signal(to_identity="Sage")
  File "/usr/lib/python3.11/site-packages/prism_client/api.py", line 88, in signal
    return self._post("/signals", body)
prism_client.errors.ServerError: 500
"""
PY_OWN = """Nightly import dies.

Traceback (most recent call last):
  File "/srv/acme/importer/run.py", line 12, in <module>
    main()
  File "/srv/acme/importer/invoices.py", line 90, in main
    total = row["amount"]
KeyError: 'amount'
"""
JS_TRACE = """Uncaught on the dashboard, Prism 0.3.1, Chrome 140
TypeError: Cannot read properties of undefined (reading 'status')
    at renderRow (https://care.example/static/review.js:120:17)
    at Array.map (<anonymous>)
    at render (https://care.example/static/review.js:88:9)
"""
JAVA_TRACE = """Our Prism bridge client on the JVM gets this on each poll:
Exception in thread "main" java.lang.IllegalStateException: inbox closed
\tat com.example.prism.Inbox.poll(Inbox.java:41)
\tat com.example.prism.Main.main(Main.java:9)
Caused by: java.io.IOException: stream reset
\t... 2 more
"""
GO_TRACE = """prism-gateway died
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x49]

goroutine 1 [running]:
main.route(0x0)
\t/src/prism/gateway/route.go:22 +0x1d
exit status 2
"""
RUST_TRACE = """thread 'main' panicked at src/prism_scan.rs:10:5:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: rust_begin_unwind
   1: prism_scan::run
             at ./src/prism_scan.rs:10:5
note: run with `RUST_BACKTRACE=full` for a verbose backtrace
"""
INC, INFO, ENH, REC = "incident", "info", "enhancement", "recommendation"
PROD, OWN, MIX = "prism-product", "customer-internal", "mixed"

CASES: tuple[Case, ...] = (
    # terse
    Case("terse-crash", "prism_signal crashes", INC, "P2", PROD, "signals"),
    Case("terse-500", "500 on POST /api/v1/signals since noon", INC, "P2", PROD, "signals"),
    Case("terse-broken", "dashboard broken", INC, "P2", PROD, "dashboard"),
    Case("terse-hang", "bootstrap hangs", INC, "P2", PROD, "bootstrap"),
    Case("terse-error-name", "KeyError: 'thread_id' in prism_signal", INC, "P2", PROD, "signals"),
    Case("terse-howto", "how to rotate a key", INFO),
    Case("terse-wish", "+1 for a dark theme, would be great", ENH, lane="dashboard"),
    Case("terse-question", "Does Clara speak German?", INFO),
    Case("shouting", "IT DOES NOT WORK!!!", INC, "P2", PROD),
    Case("lower-no-punct", "prism memory recall returns wrong results for old journals", INC,
         "P2", PROD, "memory"),
    # faults in question form
    Case("why-crash", "Why does prism_signal crash?", INC, "P2", PROD, "signals"),
    Case("why-cannot", "Why can't I reach Clara from PID-DPA01?", INC, "P2", PROD),
    Case("why-slow", "Why is the review page so slow?", INC, "P2", PROD, "dashboard"),
    Case("is-it-down", "Is it known that the scheduler stopped working after the upgrade?", INC,
         "P1", PROD, "scheduler"),
    Case("how-fix", "How do I fix a failed install? pip exits with permission denied.", INC, "P2",
         PROD, "install"),
    Case("anyone-else", "Hi Sage, does anyone else get an error 500 from the inbox?", INC, "P2",
         PROD, "signals"),
    # severities
    Case("p0-loss", "After prism_memory compaction all journals of March are gone: data loss.", INC,
         "P0", PROD, "memory"),
    Case("p0-leak", "prism_journal writes the token in plain text to the log, it leaked.", INC,
         "P0", PROD, "memory"),
    Case("p0-tenant", "GET /signals on Prism shows messages of another tenant. This is wrong.", INC,
         "P0", PROD, "signals"),
    Case("p0-all-down", "Prism is down for all customers.", INC, "P0", PROD),
    Case("p1-start", "prism_bootstrap does not start. No workaround found.", INC, "P1", PROD,
         "bootstrap"),
    Case("p1-send", "I cannot send any signal to Sage, every call fails.", INC, "P1", PROD,
         "signals"),
    Case("p1-blocked", "The release is blocked: prism_todo fails for us in production.", INC, "P1",
         PROD),
    Case("p2-workaround", "prism_signal fails every time with wait=30; workaround: wait=5.", INC,
         "P2", PROD, "signals"),
    Case("p2-sometimes", "Replies from Clara are sometimes delivered twice.", INC, "P2", PROD),
    Case("p2-no-loss", "prism_memory crashed once, no data loss.", INC, "P2", PROD, "memory"),
    Case("p3-typo", "Typo on the review page: 'aproved'.", INC, "P3", PROD, "dashboard"),
    Case("p3-layout", "The buttons on the Prism console are misaligned in Firefox 143.", INC, "P3",
         PROD, "dashboard"),
    Case("p3-link", "Broken link in the Prism docs, page 'Pilot Onboarding'.", INC, "P3", PROD,
         "docs"),
    # traces
    Case("py-product", PY_PRODUCT, INC, "P2", PROD, "signals"),
    Case("py-own", PY_OWN, INC, "P2", OWN),
    Case("js", JS_TRACE, INC, "P2", PROD, "dashboard"),
    Case("java", JAVA_TRACE, INC, "P2", PROD, "signals"),
    Case("go", GO_TRACE, INC, "P2", PROD),
    Case("rust", RUST_TRACE, INC, "P2", PROD),
    Case("trace-in-question", "What is this?\n\n" + PY_PRODUCT, INC, "P2", PROD),
    # whose fault
    Case("own-script", "My script fails with exit code 1 when the file is empty.", INC, "P2", OWN),
    Case("own-code", "There is a bug in our own code: totals are rounded twice.", INC, "P2", OWN),
    Case("own-app", "Found a bug in our app, the cart forgets items. Hi Sage, just so you know.",
         INC, "P2", OWN),
    Case("own-greeting", "Sage, our billing service crashes on leap days.", INC, "P2", OWN),
    Case("not-our-code", "prism_recall returns stale values. It is not in our code, we checked.",
         INC, "P2", PROD, "memory"),
    Case("caller-only", "prism_signal returns 500 when called from our service.", INC, "P2", PROD,
         "signals"),
    Case("mixed-sentences", "While debugging a bug in our own parser I hit another thing. "
         "prism_signal returned 500 for each reply.", INC, "P2", MIX, "signals"),
    Case("mixed-paragraphs", "Our importer crashes on empty rows.\n\nAlso prism_bootstrap hangs "
         "when the project has no roster.", INC, "P2", MIX, "bootstrap"),
    Case("unknown-side", "Something broke tonight.", INC, "P2", PROD),
    # polite and long
    Case("polite", "Hello Sage,\n\nI hope you are well. Since this morning the inbox of Jade stays "
         "empty although Clara has answered; the replies got lost.\n\nKind regards\nJade", INC,
         "P2", PROD, "signals"),
    Case("markdown", "## Summary\nScheduler runs nightly job twice\n\n## Steps to reproduce\n"
         "1. create a schedule\n2. wait\n\n## Environment\npython 3.12 on Debian 13", INC, "P2",
         PROD, "scheduler"),
    Case("states-plainly", "The roster shows Jade two times over. Is that right?", INC, "P2", PROD,
         "signals"),
    Case("german", "Der Posteingang ist leer.", INC, "P2", PROD),
    # objects
    Case("json-error", {"error": "connection reset by prism gateway", "version": "0.3.1"}, INC,
         "P2", PROD),
    Case("json-full", {"title": "prism_install fails on Alpine", "description": "musl wheel is "
         "not found", "environment": {"os": "alpine 3.20", "python": "3.12"}, "install_type": "pip",
         "git_rev": "3f2a9bc1", "steps": ["docker run alpine", "pip install prism"]}, INC, "P2",
         PROD, "install"),
    Case("json-trace-key", {"summary": "worker gone", "traceback": "undefined method `x' for nil "
         "(NoMethodError) prism.rb:3"}, INC, "P2", PROD),
    Case("json-kind", {"kind": "feature_request", "text": "Approve several packets at once"}, ENH,
         lane="product"),
    Case("json-question", {"question": "How do I read my inbox?", "version": "0.3.1"}, INFO),
    Case("json-errors-none", {"question": "Where is the journal stored?", "errors": []}, INFO),
    Case("json-claims", {"text": "prism_todo list is wrong", "severity": "P0"}, INC, "P2", PROD),
    Case("json-foreign", {"zustand": "kaputt", "nr": 7}, INC, "P2", PROD),
    Case("bounce", "Signals to Clara bounce with bridge_target_not_found", INC, "P2", PROD,
         "signals"),
    Case("foreign-results", "prism_recall gives me results from a different project than mine!",
         INC, "P0", PROD, "memory"),
    Case("docs-disagree", "The documentation says wait may be 60 but the API rejects anything over "
         "30.", INC, "P2", PROD, "docs"),
    Case("own-tests", "My tests fail with AssertionError in test_cart.py, our own code, nothing of "
         "yours.", INC, "P2", OWN),
    # enhancements
    Case("wish-cool", "Would be cool if Sage could post to Slack.", ENH, lane="product"),
    Case("wish-please", "Please add support for webhooks to the signals API.", ENH,
         lane="signals"),
    Case("wish-nice", "It would be nice if the dashboard showed who approved a packet.", ENH,
         lane="dashboard"),
    Case("wish-declared", "Feature request: memory search by date. The problem is that recall "
         "lists everything.", ENH, lane="memory"),
    Case("wish-could", "Could you add a --json flag to the scheduler command?", ENH,
         lane="scheduler"),
    Case("wish-retry", "Please add a retry when prism_signal fails.", ENH, lane="signals"),
    Case("wish-messages", "Please add better error messages to the installer.", ENH,
         lane="install"),
    Case("wish-timeout", "Feature request: a configurable timeout for bootstrap.", ENH,
         lane="bootstrap"),
    Case("wish-broken", "Could you add support for Debian 13? The installer crashes there.", INC,
         "P2", PROD, "install"),
    # recommendations
    Case("advice-should", "We should rotate agent keys every month.", REC, lane="product"),
    Case("advice-suggest", "I suggest documenting the five tiers in the docs.", REC, lane="docs"),
    Case("advice-consider", "Consider splitting the scheduler queue by tenant.", REC,
         lane="scheduler"),
    Case("advice-practice", "It is better practice to name the journal entry in each signal and "
         "the journal in the memory.", REC, lane="memory"),
    Case("advice-declared", "Recommendation: number the errors in the docs. Errors are hard to "
         "cite.", REC, lane="docs"),
    # information
    Case("info-report", "How do I report a bug?", INFO),
    Case("info-status", "What is the status of my report inc-2026-03-01-004?", INFO),
    Case("info-status-crash", "Any news on inc-2026-03-01-004, the crash of the worker?", INFO),
    Case("status-and-fault", "Any news on my report? It crashed again, the data is gone.", INC,
         "P0", PROD),
    Case("info-leaves", "What data leaves our deployment?", INFO),
    Case("info-who", "Who can see my report?", INFO),
    Case("info-keys", "Hi Sage, how do I get an agent key?", INFO),
    Case("info-roster", "Which agents are on the roster?", INFO),
    Case("info-limit", "How large may a signal be?", INFO),
    Case("info-code", "What does phone_home_auth_required mean?", INFO),
    Case("info-code-now", "I got phone_home_auth_required, what now?", INFO),
    Case("info-if", "What happens if the worker crashes during shipping?", INFO),
    Case("info-prevent", "How does Prism prevent data loss?", INFO),
    Case("info-support", "Is there support for PostgreSQL 18?", INFO),
    Case("info-recommend", "What do you recommend for key rotation?", INFO),
    Case("info-docs", "I could not find the docs for prism_todo, please point me to them.", INFO),
    Case("info-explain", "Please explain the five tiers.", INFO),
    Case("thanks", "Thanks, Sage!", INFO),
    Case("difference", "What is the difference between incident and recommendation?", INFO),
    Case("empty", "", INFO),
)  # fmt: skip
