"""Offsets, views, known names and overlaps of `scan`."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from redaction import Finding, scan
from tests.redaction.examples import expand


def values(text: str, known_names: tuple[str, ...] = ()) -> list[str]:
    return [text[f.start : f.end] for f in scan(text, known_names)]


@pytest.mark.parametrize(
    "lead", ["", "é ", "😀 ", "\ud800 ", "\x00 ", "中文 ", "a\u0301 ", "\r\n", "\u2028"]
)
def test_offsets_count_code_points(lead: str) -> None:
    text = f"{lead}mail jane.doe@acme.de {lead}from 10.1.2.3 😀"
    assert values(text) == ["jane.doe@acme.de", "10.1.2.3"]


def test_finding_never_shows_the_value() -> None:
    text, _ = expand("key «ghp_{alnum:36}»")
    (finding,) = scan(text)
    assert finding == Finding(
        4,
        44,
        "secret.github_token",
        "github_token",
        "high",
        "‹github_token, 40 characters›",
    )
    assert finding.kind == "github_token"
    assert finding.is_secret


@pytest.mark.parametrize(
    "hidden",
    [
        "jane\u200b@acme.de",
        "jane＠acme．de",
        "ｊａｎｅ@acme.de",
        "jаne@аcme.de",
        "jane%40acme.de",
        "jane%2540acme.de",
        "jane&#64;acme.de",
        "jane&#x40;acme&period;de",
        "jane&amp;#64;acme.de",
        "jane\\u0040acme.de",
        "jane\\x40acme.de",
        "ja\x1b[31mne@ac\x1b[0mme.de",
        "jane\u202e@acme.de",
        "jane\u00ad@acme.de",
    ],
)
def test_hidden_email_maps_back_to_its_characters(hidden: str) -> None:
    text = f"😀 contact ({hidden}) now\nnothing here"
    assert values(text) == [hidden]


def test_base64_is_decoded_and_covered_whole() -> None:
    inner = base64.b64encode(b"mail jane.doe@acme.de about it").decode()
    assert values(f"data: {inner} end") == [inner]
    outer = base64.b64encode(f"see {inner} there".encode()).decode()
    assert values(f"data: {outer} end") == [outer]


def test_base64_without_anything_to_find_is_left_alone() -> None:
    assert values(base64.b64encode(b"nothing to see in this sentence at all").decode()) == []


def test_url_encoded_connection_string() -> None:
    secret = expand("{alnum:16}")[0]
    hidden = quote(f"postgres://app:{secret}@db.acme.internal/shop", safe="")
    text = f"dsn={hidden} done"
    assert any(secret in value for value in values(text))
    assert any("db.acme.internal" in value for value in values(text))


def test_secret_inside_a_path_wins_and_the_rest_stays_covered() -> None:
    text, ((start, end),) = expand("open /srv/acme/«ghp_{alnum:36}»/x.log now")
    findings = scan(text)
    assert any((f.start, f.end) == (start, end) and f.is_secret for f in findings)
    covered = {n for f in findings for n in range(f.start, f.end)}
    assert covered >= set(range(text.index("/srv"), text.index(" now")))


def test_private_key_is_one_finding() -> None:
    text, _ = expand(
        "x\n-----BEGIN RSA PRIVATE KEY-----\r\n{b64:64}\r\n{b64:64}\r\n{b64:22}==\r\n"
        "-----END RSA PRIVATE KEY-----\r\ny"
    )
    (finding,) = scan(text)
    assert finding.type == "secret.private_key"
    assert (finding.start, finding.end) == (2, len(text) - 3)


class TestKnownNames:
    def test_whole_words_in_any_case(self) -> None:
        names = ("Acme", "PID-DPA01", "Jade")
        assert values("ACME: pid-dpa01 jade, Jades acmeish", names) == [
            "ACME",
            "pid-dpa01",
            "jade",
        ]

    def test_joined_by_punctuation(self) -> None:
        assert values("acme-prod acme_staging ACME_DB x.acme", ("Acme",)) == [
            "acme",
            "acme",
            "ACME",
            "acme",
        ]

    def test_neighbours_and_longest(self) -> None:
        assert values("acme acme corp", ("acme", "acme corp")) == ["acme", "acme corp"]

    @pytest.mark.parametrize("name", ["Müller", "Дом", "名前屋", "Zoë & Co"])
    def test_beyond_ascii(self, name: str) -> None:
        assert values(f"😀 bei {name}. {name}x", (name,)) == [name]

    def test_short_and_odd_names_are_harmless(self) -> None:
        assert values("a ab (.*) \\ x", ("a", "ab", "", "  ", "(.*", "\\")) == ["(.*"]

    def test_inside_percent_encoding(self) -> None:
        assert values("q=acme%20corp", ("acme corp",)) == ["acme%20corp"]

    def test_many_names_are_one_automaton(self) -> None:
        names = tuple(f"tenant-{n:04}" for n in range(2000))
        assert values("x tenant-1999 y", names) == ["tenant-1999"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "commit 8c681159f4d991837d1f0a6a3d3f9d0c2b1a4e5f",
        "0190a1b2-aaaa-7bbb-8ccc-1234567890ab",
        "sha256:" + "0a1b2c3d" * 8,
        "inc-2026-11-20-001",
        "prism-care:packet:0190a1b2-aaaa-7bbb-8ccc-1234567890ab",
        "<!-- prism-care:packet:0190a1b2-aaaa-7bbb-8ccc-1234567890ab -->",
        "phone_home_operator_review_required prism_signal prism_phone_home PID-PGR01",
        "[email-1] and [github-token-2] on [hostname-3]",
        "password=[password-1] token: [assigned-2]",
        "2026-11-20T10:00:00.123456Z 1763640000 1763640000123",
        "Django 5.2.19, Chrome/120.0.6099.109, 4.2.0.1-rc1, v1.2.3.4",
        'File "/usr/lib/python3.11/asyncio/base_events.py", line 653',
        'File "/usr/local/lib/python3.11/site-packages/django/db/models/query.py", line 1',
        "at org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)",
        "http://127.0.0.1:8000 http://localhost:3000 0.0.0.0 [::1]:80",
        "user@example.com 192.0.2.1 198.51.100.7 203.0.113.9 202-555-0143",
        "YOUR_API_KEY api_key=YOUR_API_KEY AKIAIOSFODNN7EXAMPLE",
        "https://github.com/django/django https://pypi.org/project/x docs.python.org",
        "GET /api/v1/signals?limit=50 200",
        "token = get_token(); password = os.environ['PW']; api_key = settings.API_KEY",
    ],
)
def test_left_alone(text: str) -> None:
    assert scan(text) == []


def test_lock_file_integrity_is_left_alone() -> None:
    text, _ = expand('"lodash": {"version": "4.17.21", "integrity": "sha512-{b64:86}=="}')
    assert scan(text) == []
