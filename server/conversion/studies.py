"""What came of a study, as messages."""

from __future__ import annotations

from onebox.v1 import planning_service_pb2 as pb

from engine.simulation.comparison import Compared, Estimate


def estimate_message(found: Estimate) -> pb.Estimate:
    return pb.Estimate(mean=found.mean, half_width=found.half_width)


def result_message(compared: Compared) -> pb.ScenarioResult:
    return pb.ScenarioResult(
        scenario=compared.scenario,
        figures={key: estimate_message(found) for key, found in compared.figures.items()},
        differences={key: estimate_message(found) for key, found in compared.differences.items()},
    )
