"""How a body comes: its length, its chunks, its type."""

import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import Agent, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LIMIT = settings.API_MAX_BODY_BYTES
URL = "/api/v1/signals"


def post(agent: Agent, data: bytes, content_type: str = "application/json", **environ: Any) -> Any:
    return Client(raise_request_exception=False).generic(
        "POST",
        URL,
        data,
        content_type=content_type,
        HTTP_AUTHORIZATION=f"Bearer {agent.token}",
        **environ,
    )


class Chunks(io.BytesIO):
    """What gunicorn hands over for a chunked body; counts what was asked of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


class BrokenChunks(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise RuntimeError("Invalid chunk size")


def chunked(agent: Agent, stream: Any, **environ: Any) -> Any:
    return post(
        agent,
        b"",
        **{
            "wsgi.input": stream,
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
            "CONTENT_TYPE": "application/json",
            "HTTP_TRANSFER_ENCODING": "chunked",
            **environ,
        },
    )


def signal(size: int) -> bytes:
    body = {"to_identity": "Sage", "signal_type": "Question", "payload": ""}
    room = size - len(json.dumps(body))
    return json.dumps({**body, "payload": "x" * room}).encode()


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_a_body_of_exactly_the_limit_is_taken(cast: Cast) -> None:
    body = signal(LIMIT)
    assert len(body) == LIMIT
    assert post(cast.jade, body).status_code == 201


def test_one_byte_more_is_too_large(cast: Cast) -> None:
    answer = post(cast.jade, signal(LIMIT + 1))
    assert (answer.status_code, code(answer)) == (413, "payload_too_large")


def test_a_chunked_body_is_read(cast: Cast) -> None:
    assert chunked(cast.jade, Chunks(signal(LIMIT))).status_code == 201


def test_a_chunked_body_is_read_no_further_than_the_limit(cast: Cast) -> None:
    stream = Chunks(signal(4 * LIMIT))
    answer = chunked(cast.jade, stream)
    assert (answer.status_code, code(answer)) == (413, "payload_too_large")
    assert stream.taken == LIMIT + 1


def test_broken_chunks_are_an_invalid_request(cast: Cast) -> None:
    answer = chunked(cast.jade, BrokenChunks())
    assert (answer.status_code, code(answer)) == (400, "invalid_request")


def test_chunks_that_no_server_decodes_are_refused_without_reading(cast: Cast) -> None:
    answer = chunked(cast.jade, BrokenChunks(), **{"wsgi.input_terminated": False})
    assert answer.status_code == 400
    assert "Content-Length" in answer.json()["error"]["message"]


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "٣", "ten", "+5"])
def test_a_length_that_is_no_number(cast: Cast, length: str) -> None:
    answer = post(cast.jade, b"{}", CONTENT_LENGTH=length)
    assert (answer.status_code, code(answer)) == (400, "invalid_request")


def test_a_length_of_five_thousand_digits(cast: Cast) -> None:
    answer = post(cast.jade, b"{}", CONTENT_LENGTH="9" * 5000)
    assert (answer.status_code, code(answer)) == (413, "payload_too_large")


def test_a_body_that_breaks_off(cast: Cast) -> None:
    class Gone(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("connection reset")

    answer = post(cast.jade, b"{}", **{"wsgi.input": Gone(), "CONTENT_LENGTH": "100"})
    assert (answer.status_code, code(answer)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "json",
        "application/" + "j" * 9000,
    ],
)
def test_a_body_of_another_type(cast: Cast, content_type: str) -> None:
    answer = post(cast.jade, signal(200), content_type)
    assert (answer.status_code, code(answer)) == (415, "unsupported_media_type")


def test_the_named_charset_decides_nothing(cast: Cast) -> None:
    """RFC 8259 §11: JSON has no charset parameter; it is UTF-8."""
    body = '{"to_identity":"Sage","signal_type":"Question","payload":"é"}'
    for name in ("utf-8", "latin-1", "no-such"):
        kind = f"application/json; charset={name}"
        assert post(cast.jade, body.encode(), kind).status_code == 201
        assert post(cast.jade, body.encode("latin-1"), kind).status_code == 400


@pytest.mark.parametrize("body", [[], [1], "text", 5, None, True])
def test_a_body_that_is_no_object(cast: Cast, body: Any) -> None:
    for agent, path in ((cast.jade, "signals"), (cast.clara, "phone-home/records")):
        answer = agent.request("POST", path, json.dumps(body).encode())
        assert (answer.status_code, code(answer)) == (400, "invalid_request")
