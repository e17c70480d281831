"""The benchmark of batches measures what it says; no time is asserted."""

from __future__ import annotations

import json

import pytest

from benchmarks import batch, batch_comparison
from benchmarks.batch_families import UNIFORM
from benchmarks.batch_models import MODELS, Answer
from benchmarks.batch_runs import Job, instance_of, solve_apart, solve_here
from solvers.batch_problem import BatchProblem

TINY = batch.Size(((60, 10),), 20.0, ("HiGHS",), (80, 10), (100, 10), (), (60, 10), 100, 20.0, 1)


def test_every_promised_figure_of_a_batch_is_a_line_of_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "QUICK", TINY)
    monkeypatch.setattr(batch, "solve_apart", solve_here)
    batch.main(["--quick", "--json"])
    figures = {each["figure"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}
    assert sorted(figures) == sorted(batch.FIGURES)
    assert all(each["value"] >= 0 and each["unit"] and each["against"] for each in figures.values())
    assert figures[batch.SPEEDUP]["value"] > 0
    assert "uniform 80 x 10" in figures[batch.SECONDS_10]["against"]


def test_a_batch_in_a_process_of_its_own_says_what_memory_it_took() -> None:
    here, apart = (solve(Job(UNIFORM, 60, 10, 5e-5, beside=("exact",))) for solve in (solve_here, solve_apart))
    assert (apart.cost, apart.bound) == (here.cost, here.bound)
    assert apart.bound <= apart.cost <= apart.beside["exact"].cost
    assert 0 < apart.instance_mb <= apart.peak_mb


def test_a_solver_that_contradicts_another_ends_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    def boasts(problem: BatchProblem, seconds: float, gap: float) -> Answer:
        honest = MODELS["SCIP"](problem, seconds, gap)
        return Answer(
            honest.status, honest.shipment_start, honest.option, honest.lines, honest.bound * 1.1, 0.0, 0.0, True
        )

    monkeypatch.setattr(batch_comparison, "MODELS", {"boaster": boasts})
    instance = instance_of(Job(UNIFORM, 60, 10, 5e-5))
    with pytest.raises(AssertionError, match="the bound of boaster is above"):
        batch_comparison.compare(instance, 5e-5, 20.0, ("boaster",), 1, lambda share: None)
