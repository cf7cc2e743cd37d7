"""Asking a server whether it is ready."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from prism_care.stack.readiness import allowed_host, wait_until_ready, why_not_ready

pytestmark = pytest.mark.one_database


class _Slow(BaseHTTPRequestHandler):
    """Not ready until it was asked `unready` times."""

    unready = 2
    asked_as = ""

    def do_GET(self) -> None:
        type(self).unready -= 1
        type(self).asked_as = self.headers["Host"]
        body = b'{"error": {"message": "The broker does not answer."}}'
        self.send_response(503 if type(self).unready >= 0 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    _Slow.unready = 2
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/readyz"
        server.shutdown()


def test_it_asks_until_the_answer_is_yes(address: str) -> None:
    assert wait_until_ready(address, 20) is None
    assert _Slow.unready == -1


def test_the_reason_is_the_servers_own_sentence(address: str) -> None:
    assert why_not_ready(address) == "HTTP 503: The broker does not answer."


def test_time_runs_out_with_the_last_reason(address: str) -> None:
    assert wait_until_ready(address, 0) == "HTTP 503: The broker does not answer."


def test_a_production_server_is_asked_by_a_name_it_answers_to(address: str) -> None:
    why_not_ready(address, host=allowed_host(".care.example.com, other.example.com"))
    assert _Slow.asked_as == "care.example.com"
    assert allowed_host("*") == allowed_host("") == ""


def test_nobody_there_is_a_reason_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "refused" in str(why_not_ready(f"http://127.0.0.1:{port}/readyz"))
