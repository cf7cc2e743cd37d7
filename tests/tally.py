"""A pytest plugin that writes what was counted to the file TEST_TALLY names, for `tests/run.py`."""

import json
import os
from pathlib import Path

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stats = terminalreporter.stats
    counts = {
        "passed": len(stats.get("passed", [])) + len(stats.get("xfailed", [])),
        "failed": len(stats.get("failed", [])),
        "errors": len(stats.get("error", [])),
        "skipped": len(stats.get("skipped", [])),
    }
    Path(os.environ["TEST_TALLY"]).write_text(json.dumps(counts))
