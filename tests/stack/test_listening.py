"""The port is taken before anything starts, or the reason is a sentence."""

import socket

import pytest

from prism_care.stack.listening import CannotListen, address_of, bind

pytestmark = pytest.mark.one_database


def test_port_0_is_any_free_port() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert port > 0
        assert address_of(listener) == f"http://127.0.0.1:{port}"


def test_a_wildcard_is_shown_as_loopback() -> None:
    with bind("0.0.0.0", 0) as listener:
        assert address_of(listener).startswith("http://127.0.0.1:")


def test_a_taken_port_is_refused_with_the_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotListen, match=rf"Port {port} on 127.0.0.1 is taken.*PRISM_PORT"):
            bind("127.0.0.1", port)


def test_two_stacks_cannot_bind_the_same_port_before_they_serve() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(CannotListen, match="is taken"):
        bind("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70000), ("not a host", 0), ("", -1)]
)
def test_what_is_no_address_here_is_refused_in_words(host: str, port: int) -> None:
    with pytest.raises(CannotListen, match="PRISM_HOST="):
        bind(host, port)
