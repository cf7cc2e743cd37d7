"""The listening socket, bound before anything starts so that a taken port is said at once."""

import errno
import socket


class CannotListen(Exception):
    """The address cannot be listened on; the text says why and what to do."""


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port` (0: any free one), not yet accepting.

    Raises CannotListen.
    """
    if not 0 <= port <= 65535:  # getaddrinfo would cut off the upper bits
        raise CannotListen(f"PRISM_PORT={port} (PRISM_HOST={host}) is not a port: 0 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise CannotListen(
            f"PRISM_HOST={host} with PRISM_PORT={port} is not an address of this machine "
            f"({getattr(error, 'strerror', None) or error})."
        ) from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # A bound port that nobody listens on can be bound a second time; listening cannot.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise CannotListen(_why(host, port, error)) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """`http://host:port` to reach it from this machine; a wildcard is shown as loopback."""
    host, port = listener.getsockname()[:2]
    host = reachable(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable(host: str) -> str:
    """`host`, or loopback where it means every address of the machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. "
            "Set PRISM_PORT to a free port (0 picks one), or end that program."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs privileges. Set PRISM_PORT to one above 1023."
    return f"Cannot listen on PRISM_HOST={host}, PRISM_PORT={port}: {error.strerror}."
