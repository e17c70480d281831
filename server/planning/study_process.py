"""The process that a study runs in: ``python -m server.planning.study_process``, started by the server for one study.

It reads what is asked from its standard input, writes answers to its standard output, and ends when the other side is gone.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import secrets
import signal
import sys
import threading
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from server.planning.frames import ALL_ASKED, ANSWER, REFUSED, framed, read_frame
from server.planning.priority import stand_back
from server.settings import Settings

if TYPE_CHECKING:
    from onebox.v1 import planning_service_pb2 as pb

    from engine.simulation.comparison import Figures
    from engine.simulation.scenario import Base
    from server.planning.standing import Standing

_SAY_S = 0.5
"""Seconds between two words on how far it is."""


@dataclass(frozen=True, slots=True)
class How:
    """What a study stands on."""

    settings: Settings
    store_url: str
    network_version: int


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what others print is no answer
    asked = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    with open(
        os.devnull
    ) as nothing:  # or the pool's processes would hold the socket, and the server miss that this one died
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    _, data = read_frame(asked)
    how: How = pickle.loads(data)
    stand_back(how.settings.planning_memory_mib)
    messages = []
    while (frame := read_frame(asked))[0] != ALL_ASKED:
        messages.append(frame[1])
    threading.Thread(target=_end_with_the_server, args=(asked,), daemon=True).start()
    _run(how, messages, answers)


def _run(how: How, messages: list[bytes], answers: BinaryIO) -> None:
    from onebox.v1 import planning_service_pb2 as pb

    from engine.errors import FieldFault, LimitReached, OneboxError
    from server.planning.executors import ReplayEnded

    memory = f"at most {how.settings.planning_memory_mib} MiB in a process"
    too_much = framed(REFUSED, pickle.dumps(LimitReached(FieldFault("memory", "more", memory))))
    threading.excepthook = partial(_thread_ended, answers, too_much)
    try:
        _Study(how, [pb.SimulateRequest.FromString(each) for each in messages], answers).run()
    except (MemoryError, BrokenExecutor, ReplayEnded):
        _write(answers, too_much)
    except OneboxError as error:
        _write(answers, framed(REFUSED, pickle.dumps(error)))


def _thread_ended(answers: BinaryIO, too_much: bytes, ended: threading.ExceptHookArgs) -> None:
    """A thread that an exception ended, also one of the pool's own, would be waited for without end: the study ends with it."""
    if ended.exc_type is MemoryError:
        _write(answers, too_much)
    else:
        threading.__excepthook__(ended)
    os.killpg(0, signal.SIGKILL)


def _end_with_the_server(asked: BinaryIO) -> None:
    """Nothing more is asked: the stream ends when the server does, however it does."""
    with suppress(OSError):
        asked.read()
    os.killpg(0, signal.SIGKILL)


def _write(answers: BinaryIO, frame: bytes) -> None:
    answers.write(frame)
    answers.flush()


class _Study:
    """From what is asked to the last answer."""

    def __init__(self, how: How, messages: list[pb.SimulateRequest], answers: BinaryIO) -> None:
        self._how = how
        self._messages = messages
        self._terms = messages[0].terms
        self._answers = answers
        self._left_out = 0

    def run(self) -> None:
        from onebox.v1 import planning_service_pb2 as pb

        from engine.simulation.comparison import compare
        from engine.simulation.study import by_scenario, run_all
        from server.conversion.studies import result_message
        from server.planning.asked import scenarios_from
        from server.planning.executors import here
        from server.planning.standing import Standing

        base = asyncio.run(self._base())
        scenarios = scenarios_from(base, self._terms)
        replications = self._terms.replications or 1
        seed = self._terms.seed if self._terms.HasField("seed") else 1
        standing = Standing(scenarios, replications)
        runs = []
        ended = threading.Event()
        telling = threading.Thread(target=self._tell, args=(standing, ended), daemon=True)
        telling.start()
        try:
            with here(self._how.settings.planning_processes, standing.heard) as place:
                for run in run_all(scenarios, seed, replications, place.executor, place.play):
                    standing.ended(run)
                    runs.append(run.figures_alone())
        finally:
            ended.set()
            telling.join()
        figures = by_scenario([each.name for each in scenarios], runs)
        study = self._message(base, seed, replications)
        asyncio.run(self._keep(study, base, figures))
        study.scenarios.extend(result_message(each) for each in compare(figures))
        _write(self._answers, framed(ANSWER, pb.SimulateResponse(study=study).SerializeToString()))

    def _tell(self, standing: Standing, ended: threading.Event) -> None:
        from onebox.v1 import planning_service_pb2 as pb

        while not ended.wait(_SAY_S):
            _write(self._answers, framed(ANSWER, pb.SimulateResponse(progress=standing.message()).SerializeToString()))

    async def _base(self) -> Base:
        """Network, stock and orders, from the call or the store."""
        from engine.errors import FieldFault, InvalidInput
        from engine.network.encoding import decode
        from engine.simulation.scenario import Base
        from server.planning.asked import orders_from, orders_of_history, stock_from, stock_now
        from server.wiring import open_store

        settings = self._how.settings
        client, ledger, networks = open_store(settings, self._how.store_url)
        try:
            network = decode(await networks.get(self._how.network_version))
            orders = orders_from(self._messages, network)
            if self._terms.HasField("history"):
                most, name = settings.planning_orders, settings.ledger
                history = self._terms.history
                orders, self._left_out = await orders_of_history(history, network, ledger, client, name, most)
            if not orders:
                raise InvalidInput(FieldFault("orders", "0", "one or more, in the call or in history"))
            stock = stock_from(self._messages, network) or await stock_now(ledger, network)
        finally:
            await ledger.close()
            await client.aclose()
        return Base(network, stock, orders)

    def _message(self, base: Base, seed: int, replications: int) -> pb.Study:
        from onebox.v1 import planning_service_pb2 as pb

        kept_s = round(self._how.settings.planning_keep_days * 86_400)
        return pb.Study(
            study_id=f"study-{secrets.token_hex(8)}",
            network_version=self._how.network_version,
            currency_code=base.network.policy.currency,
            orders=len(base.orders),
            orders_left_out=self._left_out,
            replications=replications,
            seed=seed,
            expiry_time={"seconds": int(time.time()) + kept_s},
        )

    async def _keep(self, study: pb.Study, base: Base, figures: dict[str, list[Figures]]) -> None:
        from server.planning.asked import digest_of
        from server.planning.kept import KeptStudies, KeptStudy
        from server.wiring import open_store

        settings = self._how.settings
        client, ledger, _ = open_store(settings, self._how.store_url)
        digest = digest_of(base.orders)
        kept = KeptStudy(study.study_id, study.network_version, study.currency_code, study.seed, digest, figures)
        try:
            await KeptStudies(client, settings.ledger).keep(kept, round(settings.planning_keep_days * 86_400))
        finally:
            await ledger.close()
            await client.aclose()


if __name__ == "__main__":
    main()
