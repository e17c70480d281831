"""``onebox simulate --dask``: the same study on a cluster of separate processes, one of which dies at its work."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from tests.networks import EU
from tests.server.test_processes import ONEBOX

_REPS = 24


@contextmanager
def _started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _written(path: Path) -> bytes:
    deadline = time.monotonic() + 60
    while not path.exists() or not path.stat().st_size:
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.1)
    return path.read_bytes()


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed_at_its_work(tmp_path: Path) -> None:  # I9
    change = tmp_path / "dear.toml"
    change.write_text('name = "dear"\n[policy]\nsplit_penalty = 20\n[demand]\nscale = 3\nresample = true\n')
    study = [str(ONEBOX), "simulate", str(EU), str(change), "--reps", str(_REPS), "--out"]
    note = tmp_path / "scheduler.json"
    common = ("--no-dashboard", "--scheduler-file", str(note))
    with ExitStack() as stack:
        start = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        stack.enter_context(_started(*start, *common))
        address = msgspec.json.decode(_written(note))["address"]
        work = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        workers = [
            stack.enter_context(_started(*work, "--local-directory", str(tmp_path / f"w{n}"), *common)) for n in (0, 1)
        ]
        clustered = subprocess.Popen([*study, str(tmp_path / "cluster"), "--dask", address], stderr=subprocess.PIPE)
        _written(tmp_path / "cluster" / "orders-base-0.parquet")
        workers[0].kill()
        assert len(list((tmp_path / "cluster").glob("orders-*"))) < _REPS, "most was to do yet"
        _, said = clustered.communicate(timeout=200)
        assert clustered.returncode == 0, said.decode()
        assert workers[0].wait() == -9
    subprocess.run([*study, str(tmp_path / "here"), "--workers", "2"], check=True, capture_output=True)
    assert len(list((tmp_path / "cluster").iterdir())) == 2 * _REPS * 4 + 1
    for path in sorted((tmp_path / "here").iterdir()):
        assert path.read_bytes() == (tmp_path / "cluster" / path.name).read_bytes(), path.name


def test_an_address_without_a_scheduler_is_refused() -> None:
    ended = subprocess.run(
        [str(ONEBOX), "simulate", str(EU), "--dask", "127.0.0.1:1"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "dask: expected the address of a Dask scheduler" in ended.stderr
