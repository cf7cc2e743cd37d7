"""The stand-in GitHub on the wire: plain HTTP on a UNIX socket, one thread per connection."""

import contextlib
import http.server
import json
import select
import socket
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.standins import github_answers as answers
from tests.standins.github_answers import Answer, Request
from tests.standins.github_faults import Fault, Faults
from tests.standins.github_state import NEVER, State

CONTROL = "/_standin/"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False  # a hanging answer must not hold up the end
    request_queue_size = 128

    def __init__(self, path: Path, state: State, faults: Faults, token: str) -> None:
        self.state, self.faults, self.token = state, faults, token
        self.ending = threading.Event()
        super().__init__(str(path), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:
        """Requests go to requests.jsonl."""

    def do_GET(self) -> None:
        raw = self._read_body()
        if self.path.startswith(CONTROL):
            self._send(self._control(json.loads(raw or b"{}")))
            return
        request = answers.parse(self.command, self.path, raw)
        fault = self.server.faults.take(request.operation)
        self._log(request, fault)
        if fault is None:
            self._send(self._answer(request, 0.0))
        elif fault.when == "before":
            self._spoil(fault, request, None)
        else:
            late = fault.when == "late"
            shown = (NEVER if fault.seconds is None else time.time() + fault.seconds) if late else 0
            self._spoil(fault, request, self._answer(request, shown))

    do_POST = do_PATCH = do_GET

    def _answer(self, request: Request, visible_from: float) -> Answer:
        if not self._token():
            return Answer({"message": "Requires authentication"}, 401)
        return answers.answer(self.server.state, request, visible_from)

    def _control(self, order: dict[str, Any]) -> Answer:
        """Orders from another process (see github.send_order)."""
        match self.path.removeprefix(CONTROL):
            case "inject":
                self.server.faults.inject(**order)
            case "clear":
                self.server.faults.clear()
            case "configure":
                self.server.state.configure(order.pop("repo"), **order)
            case "reveal":
                self.server.state.reveal()
            case _:
                return answers.not_found()
        return Answer({"done": True})

    def _spoil(self, fault: Fault, request: Request, answer: Answer | None) -> None:
        graphql = request.path == "/graphql"
        match fault.how:
            case "drop":
                self._drop()
            case "hang":
                self._hang()
            case "truncate":
                payload = answer.payload if answer else {"data": {}}
                self._send(Answer(payload), cut=True)
            case "empty":
                self._send_bytes(200, b"")
            case "garbage":
                self._send_bytes(200, b"<html>not what you asked for</html>")
            case "blank":  # gh then ends with 0 and prints an empty line
                self._send(Answer({"data": {"createIssue": {"issue": {"id": "", "url": ""}}}}))
            case "label_missing":
                names = (request.body or {}).get("query", "")
                found = answers.LABEL_ALIAS.findall(names)
                self._send(Answer({"data": {"repository": {alias: None for alias, _ in found}}}))
            case _:
                self._send(_refusal(fault.how, request, graphql))

    def _log(self, request: Request, fault: Fault | None) -> None:
        whose = self._token()
        self.server.state.log(
            {
                "method": request.method,
                "path": self.path,
                "operation": request.operation,
                "fault": fault.name if fault else None,
                "token": ("expected" if whose == self.server.token else "other") if whose else None,
            }
        )

    def _token(self) -> str:
        return self.headers.get("Authorization", "").partition(" ")[2]

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        body = json.dumps(answer.payload).encode()
        self._send_bytes(answer.status, body, answer.headers, cut=cut)

    def _send_bytes(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Oauth-Scopes", "repo, read:org")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _hang(self) -> None:
        """Say nothing until the other side has gone or the server ends."""
        self.close_connection = True
        while not self.server.ending.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.1)
            if readable and not self.connection.recv(1024):
                return


def _refusal(how: str, request: Request, graphql: bool) -> Answer:
    """GitHub's words for one kind of refusal, as GraphQL or REST says them."""
    limit = "API rate limit exceeded for user ID 1."
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 120)}
    secondary = "You have exceeded a secondary rate limit. Please wait a few minutes."
    sso = "Resource protected by organization SAML enforcement. You must grant your token access."
    wrong = "Something went wrong while executing your query on 2026-01-01T00:00:00Z."
    path = "createIssue" if request.operation == "create" else "repository"
    match how:
        case "500" | "502":
            return Answer({"message": "Server Error"}, int(how))
        case "401":
            return Answer({"message": "Bad credentials"}, 401)
        case "403":
            return Answer({"message": "Resource not accessible by personal access token"}, 403)
        case "secondary_limit":
            return Answer({"message": secondary}, 403, {"Retry-After": "73"})
        case "primary_limit" if graphql:
            return answers.graphql_error(limit, path, "RATE_LIMITED")
        case "primary_limit":
            return Answer({"message": limit}, 403, reset)
        case "saml" if graphql:
            return answers.graphql_error(sso, path, "FORBIDDEN")
        case "saml":
            return Answer({"message": sso}, 403)
        case "repo_missing":
            return answers.missing_repository("o/r") if graphql else answers.not_found()
        case "too_quickly":
            return answers.graphql_error("was submitted too quickly", path)
        case "forbidden":
            words = "Resource not accessible by personal access token"
            return answers.graphql_error(words, path, "FORBIDDEN")
        case "something_went_wrong":
            return Answer({"data": None, "errors": [{"message": wrong}]})
    raise AssertionError(f"no such fault: {how}")
