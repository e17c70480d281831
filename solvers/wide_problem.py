"""Orders too wide for sets of lines beside a ``BatchProblem``, and a plan of both: values alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import BatchCertificate, BatchPlan
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import Int32, Int64, PlannedShipment


@dataclass(frozen=True, slots=True)
class WideOrder:
    """One wide order over the rows of a ``BatchProblem``.

    Attributes
    ----------
    problem : the order by itself. Its ``node`` is the batch's; ``stock`` and ``room`` are not read; ``backorder_cost`` has the
        priority in it.
    sku : int32[L], capacity : int32[J], of the batch.
    unfilled_cost : where nothing ships, priority included: what all lines left out cost, where they may be.
    priority : per unit left out, part of the above and of no cost.
    whole_first : bool[L], lines that may be divided only once a plan of whole lines left some of them out; None: none.
    pickup : int32[J], spend : int64[J], as in ``BatchProblem``; None: none.
    """

    problem: LargeOrderProblem
    sku: Int32
    capacity: Int32
    unfilled_cost: int
    priority: int = 0
    vip: bool = False
    pickup: Int32 | None = None
    spend: Int64 | None = None
    whole_first: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        lines, options = self.problem.n_lines, self.problem.n_options
        for name, array, length in (("sku", self.sku, lines), ("capacity", self.capacity, options)):
            if len(array) != length:
                raise ValueError(f"{name}: expected {length} entries, got {len(array)}")


@dataclass(frozen=True, slots=True)
class WidePlan:
    """What ships of a wide order: ``shipments`` by lowest line, their cost c_j(S); ``left_out`` int64[L], units.

    ``objective`` has weights and priority in it, ``cost`` has not.
    """

    shipments: tuple[PlannedShipment, ...]
    left_out: Int64
    objective: int
    cost: int


@dataclass(frozen=True, slots=True)
class JointPlan:
    """``narrow`` is None where there are no narrow orders; ``wide`` by order; ``certificate`` is of all of them together."""

    narrow: BatchPlan | None
    wide: tuple[WidePlan, ...]
    certificate: BatchCertificate
    cost: int
