"""A stand-in is one as a whole: a stand-in word inside a secret hides nothing."""

from __future__ import annotations

import pytest

from redaction import scan
from tests.redaction.examples import expand


@pytest.mark.parametrize(
    "example",
    [
        "password=«MyTodo!{digit:4}secure»",
        "DB_PASSWORD=«Removed{digit:1}Ever!{digit:4}»",
        "DB_PASSWORD=«changeme_prod_{hex:5}»",
        'password: "«Example-Sup3r{alnum:6}!9»"',
        "api_key=«foo-bar-{hex:10}»",
        "postgres://app:«foobar»@db.corp.internal/x",
        "https://bob:«exampleSecret{digit:1}»@h.corp.internal",
        "token: «your{alnum:24}»",
        "password=«{alnum:6}...{alnum:4}»",
        'password="«<{alnum:8}»"',
        "password=«my_secret_99»",
        "export SECRET_KEY=«supersecretvalue»",
        "export SECRET_KEY=«todo{alnum:24}»",
    ],
)
def test_a_word_inside_hides_nothing(example: str) -> None:
    text, ((start, end),) = expand(example)
    assert any(f.is_secret and f.start <= start and end <= f.end for f in scan(text)), text


@pytest.mark.parametrize(
    "example",
    [
        "ghp_xxxx{alnum:32}",
        "ghp_" + "a1B2" * 9,
        "ghp_abcdefghijklm{alnum:23}",
        "AKIAEXAMPLE{base32:9}",
        "AKIA{base32:9}EXAMPLE",
        "sk-abcdefghijklm{alnum:35}",
        "sk-proj-todo{alnum:44}",
        "npm_todo{alnum:32}",
        "glpat-example{alnum:13}",
        "AIzafoobar{alnum:29}",
        "pypi-removed{alnum:60}",
        "xoxb-{digit:12}-xxxx{digit:8}-{alnum:24}",
        "eyJhbGciOiJIUzI1NiJ9.eyJleGFtcGxl{alnum:20}.{alnum:43}",
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_vetoes_a_token_of_right_shape(example: str, seed: int) -> None:
    token, _ = expand(example, seed)
    (finding,) = scan(f"got {token} there")
    assert finding.is_secret
    assert (finding.start, finding.end) == (4, 4 + len(token))


@pytest.mark.parametrize(
    "text",
    [
        "api_key=YOUR_API_KEY",
        "password=changeme",
        "password: change-me",
        "password=example",
        "password=xxxxxxxx",
        "password=********",
        "password=ab********",
        "password: ...",
        "token=<token>",
        "password=<your password here>",
        "password=${DB_PASSWORD}",
        "password=$DB_PASSWORD",
        "password=%MY_PASSWORD%",
        "token: secrets.GITHUB_TOKEN",
        "AKIAIOSFODNN7EXAMPLE",
        "AKIA" + "X" * 16,
        "ghp_" + "x" * 36,
        "xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx-" + "x" * 24,
        "sk-proj-" + "x" * 40,
        "github_pat_YOUR_TOKEN_GOES_HERE_PLEASE",
        "glpat-your-own-token-goes-here",
        "password: введите пароль сейчас",
    ],
)
def test_whole_stand_ins_are_left_alone(text: str) -> None:
    assert [finding for finding in scan(text) if finding.is_secret] == []
