"""What holds for every test and every doctest: no network, no key of the user's, no window."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before anything imports matplotlib: drawing needs no screen.
os.environ["MPLBACKEND"] = "Agg"

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Guard:
    """Refuse connections; where `loopback` is set, allow those to this machine."""

    def __init__(self) -> None:
        self.loopback = False

    def check(self, family: int, address: Any) -> None:
        """Fail unless the address is a local pipe, or the loopback where that is allowed."""
        if family == getattr(socket, "AF_UNIX", None):
            return
        host = address[0] if isinstance(address, tuple) else address
        if not (self.loopback and host in LOOPBACK):
            msg = "a test without network was expected; it opened a connection"
            raise AssertionError(msg)


GUARD = Guard()


def pytest_configure() -> None:
    """Put the guard before the calls that leave this process: connecting and asking for names."""
    connect, connect_ex, sendto = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
    )
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        GUARD.check(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        GUARD.check(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        GUARD.check(self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        GUARD.check(socket.AF_INET, (host,))
        return getaddrinfo(host, *rest, **named)

    socket.socket.connect = guarded_connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment,method-assign]
    socket.socket.sendto = guarded_sendto  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = guarded_getaddrinfo


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test marked `notebook` talk to its kernel over the loopback; nobody else."""
    GUARD.loopback = request.node.get_closest_marker("notebook") is not None
    yield
    GUARD.loopback = False


@pytest.fixture(autouse=True, scope="session")
def config_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the tests a configuration folder of their own with a fixed project key in it.

    No test reads or writes the keys of the person who runs it, and pseudonyms are the same in
    every run.
    """
    home = tmp_path_factory.mktemp("config")
    keys = home / "keys"
    keys.mkdir(parents=True, mode=0o700)
    key = keys / "default.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUPPORTNET_CONFIG_HOME", str(home))
        patch.delenv("SUPPORTNET_KEY", raising=False)
        yield home
