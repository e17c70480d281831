"""Opening a store: Redis or Valkey, alone or as a cluster, plain or TLS, by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ClusterDownError,
    ClusterError,
    ConnectionError,  # noqa: A004 - redis's own, which is no built-in ConnectionError
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,  # noqa: A004 - redis's own
)

from engine.errors import StoreUnavailable
from engine.network.checks import require

Client = Redis | RedisCluster

_SCHEMES = ("redis://", "rediss://", "unix://", "redis+cluster://", "rediss+cluster://")
_UNAVAILABLE = (
    ConnectionError,
    TimeoutError,
    ClusterDownError,
    ClusterError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    OSError,
)


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where a store is and how to speak to it.

    Attributes
    ----------
    url : ``redis://[user:password@]host:port/db``, ``rediss://`` (TLS), ``unix:///path``, ``redis+cluster://host:port``,
        ``rediss+cluster://``.
    username, password : an ACL user; those of the URL win.
    ca_file : authorities the server's certificate is checked against; None takes the system's.
    cert_file, key_file : the client's own certificate, where the server wants one.
    timeout_s : for a connection and for any answer.
    """

    url: str
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        require(self.url.startswith(_SCHEMES), "url", self.url, f"a URL that begins with one of {', '.join(_SCHEMES)}")
        require(self.timeout_s > 0, "timeout_s", self.timeout_s, "seconds > 0")
        both = (self.cert_file is None) == (self.key_file is None)
        require(both, "cert_file", (self.cert_file, self.key_file), "a certificate and its key, or neither")
        files = (self.ca_file, self.cert_file)
        require(
            self.url.startswith("rediss") or files == (None, None), "url", self.url, "rediss://, as TLS files are given"
        )


def open_client(address: StoreAddress) -> Client:
    """A client of the store; it connects when it is first used. Replies are bytes. Nothing is retried behind our back:
    callers know what may be sent twice, and must see that a connection was lost."""
    options: dict[str, Any] = {
        "decode_responses": False,
        "protocol": 2,
        "socket_timeout": address.timeout_s,
        "socket_connect_timeout": address.timeout_s,
        "retry": Retry(NoBackoff(), 0),
    }
    if address.username:
        options["username"] = address.username
    if address.password:
        options["password"] = address.password
    for name, file in (
        ("ssl_ca_certs", address.ca_file),
        ("ssl_certfile", address.cert_file),
        ("ssl_keyfile", address.key_file),
    ):
        if file is not None:
            options[name] = str(file)
    if "+cluster://" in address.url:
        return RedisCluster.from_url(address.url.replace("+cluster", ""), **options)
    return Redis.from_url(address.url, **options)


async def open_connection(client: Client, key: str) -> Any:
    """A connection of redis-py's to the server that holds ``key``, signed in and ready. Raises StoreUnavailable."""
    with store_errors():
        if isinstance(client, RedisCluster):
            await client.initialize()
            await client.nodes_manager.initialize()  # slots may have moved since
            node = client.get_node_from_key(key)
            if node is None:
                raise StoreUnavailable(f"no server of the cluster holds the slot of {key!r}")
            connection: Any = node.connection_class(**node.connection_kwargs)
        else:
            pool: Any = client.connection_pool  # untyped in redis-py
            connection = pool.make_connection()
        await connection.connect()
        return connection


@contextmanager
def store_errors() -> Iterator[None]:
    """Whatever says that the store does not answer becomes StoreUnavailable."""
    try:
        yield
    except _UNAVAILABLE as error:
        raise StoreUnavailable(f"the store does not answer: {error}") from error
