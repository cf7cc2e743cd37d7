"""Twice the text takes about twice the time, whatever the text."""

from __future__ import annotations

import time

import pytest

from redaction import scan

SIZE = 30_000
# Linear work gives 2, quadratic 4. Processor time, the best of a few runs: a busy machine must not
# decide.
MOST = 3.2
FLOOR_SECONDS = 0.008  # below it, the clock and fixed costs decide

UNITS = (
    "a", "1.", "a.", "::", "a@", "@", "a@b.", "-", "/a", "\\", "C:\\a ", "[", "[email-1]", "%41",
    "%2541", "&#64;", "\\u0041", "\\n", "\u200b", "\ud800", "\x00", "😀", "Д", "é", "eyJ",
    "-----BEGIN PRIVATE KEY-----\n", "password=", "token", "a://b:", "http://a:b@", "Cookie: a=",
    "login a password ", "mysql ", "4111 1111 1111 1111 ", "+49 30 901820 ", "ab12 ", "/home/a",
    "a.com.", "name: x_key\n", "$6$", "QUJD", "YWxpY2VAYWNtZS5kZSA=", " ", "\n", '"', "acme",
    "jane@acme.de\n", "10.2.3.4 ", "\x1b[31m", "?token=abcdefgh12345&", "A" * 64 + "\n",
    "pass ", "pass=A1!aaaa ", "ssh ", "ssh b@", "a://b/c/home/", "//h/", "home/", "home/b/",
    "\\Users\\b",
    "../", "4111.1111.", "a.example ", "ghp_", "xxxx-", "password\tA1!aaaa\n", "export A_TOKEN=ab",
)  # fmt: skip


def _seconds(text: str) -> float:
    taken = []
    for _ in range(3):
        start = time.thread_time()
        scan(text, ("acme",))
        taken.append(time.thread_time() - start)
    return min(taken)


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_doubling(unit: str) -> None:
    once = (unit * SIZE)[:SIZE]
    for _ in range(3):
        short, double = _seconds(once), _seconds(once + once)
        if double <= max(MOST * short, FLOOR_SECONDS):
            return
    pytest.fail(f"{short:.4f} s became {double:.4f} s")


def test_a_megabyte_of_everything_is_scanned() -> None:
    text = "".join(UNITS) * (1_000_000 // len("".join(UNITS)) // 4)
    findings = scan(text)
    assert findings
    assert findings[-1].end <= len(text)
