"""How far a study is, and what is known of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import Any

from onebox.v1 import planning_service_pb2 as pb

from engine.simulation.comparison import Figures, estimate
from engine.simulation.scenario import Scenario
from engine.simulation.study import Run
from server.conversion.studies import estimate_message
from server.planning.executors import Heard, so_far

_COST = "cost_per_order"


class Standing:
    """Hears of orders decided, on any thread, and of runs ended."""

    def __init__(self, scenarios: Sequence[Scenario], replications: int) -> None:
        self._started = monotonic()
        self._lock = Lock()
        self._replications = replications
        self._expected = {each.name: sum(map(each.scale_of, each.base.orders)) for each in scenarios}
        self._ended: dict[str, dict[int, Figures]] = {each.name: {} for each in scenarios}
        self._heard: dict[tuple[str, int], Heard] = {}
        self._decided = 0  # in runs that have ended

    def heard(self, said: Heard) -> None:
        with self._lock:
            if said.replication not in self._ended[said.scenario]:
                self._heard[said.scenario, said.replication] = said

    def ended(self, run: Run) -> None:
        with self._lock:
            self._ended[run.scenario][run.replication] = run.figures
            self._heard.pop((run.scenario, run.replication), None)
            self._decided += run.orders.height

    def message(self) -> pb.StudyProgress:
        with self._lock:
            return pb.StudyProgress(
                runs_done=sum(map(len, self._ended.values())),
                runs=len(self._ended) * self._replications,
                orders_decided=self._decided + sum(each.decided for each in self._heard.values()),
                orders=round(self._replications * sum(self._expected.values())),
                elapsed_s=monotonic() - self._started,
                estimates=[pb.RunningEstimate(**self._estimate(name)) for name in self._ended],
            )

    def _estimate(self, name: str) -> dict[str, Any]:
        mine, base = self._ended[name], next(iter(self._ended.values()))
        fields: dict[str, Any] = {"scenario": name, "replications": len(mine)}
        if mine:
            fields["cost_per_order"] = estimate_message(estimate([each[_COST] for each in mine.values()]))
        elif under_way := [each for each in self._heard.values() if each.scenario == name]:
            fields["cost_per_order"] = estimate_message(so_far(under_way))
        if both := sorted(mine.keys() & base.keys()):
            fields["difference"] = estimate_message(estimate([mine[r][_COST] - base[r][_COST] for r in both]))
        return fields
