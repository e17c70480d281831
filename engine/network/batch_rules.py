"""Rules that only a joint decision can keep: they bind a batch of orders, not one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import PARCEL_LEVELS, ServiceLevel
from engine.network.checks import require

if TYPE_CHECKING:
    from engine.network.network import Network

MAX_COUNT = 1_000_000
MAX_AMOUNT = 10**14
EVERY_ORDER_BP = 10_000


@dataclass(frozen=True, slots=True)
class CarrierLimit:
    """A carrier's service takes at most so many of the batch's shipments from a node, 0..1,000,000."""

    node_id: str
    carrier_id: str
    level: ServiceLevel
    shipments: int

    def __post_init__(self) -> None:
        carried = self.level in (*PARCEL_LEVELS, ServiceLevel.SAME_DAY)
        require(carried, "service_level", self.level.value, "a carrier's level")
        require(0 <= self.shipments <= MAX_COUNT, "shipments", self.shipments, f"a count in 0..{MAX_COUNT}")


@dataclass(frozen=True, slots=True)
class LeastWork:
    """A node gets at least so many of the batch's orders on the first day it can ship, 1..1,000,000."""

    node_id: str
    orders: int

    def __post_init__(self) -> None:
        require(1 <= self.orders <= MAX_COUNT, "orders", self.orders, f"a count in 1..{MAX_COUNT}")


@dataclass(frozen=True, slots=True)
class BatchRules:
    """What binds the batch as a whole, besides stock and the nodes' days.

    Attributes
    ----------
    carrier_limits : each (node, carrier, level) once.
    max_split_bp : share of the orders that may go in more than one shipment, basis points, 0..10,000 (any number).
    courier_budget : micros that same-day couriers may cost in all, cartons and surcharges included; None: no limit.
    least_work : each node once. shortfall_cost : micros for each order that is lacking; the work is given where that is dearer.
    """

    carrier_limits: tuple[CarrierLimit, ...] = ()
    max_split_bp: int = EVERY_ORDER_BP
    courier_budget: int | None = None
    least_work: tuple[LeastWork, ...] = ()
    shortfall_cost: int = 0

    def __post_init__(self) -> None:
        share = f"basis points in 0..{EVERY_ORDER_BP}"
        require(0 <= self.max_split_bp <= EVERY_ORDER_BP, "max_split_bp", self.max_split_bp, share)
        amounts = f"micros in 0..{MAX_AMOUNT}"
        budget = self.courier_budget
        require(budget is None or 0 <= budget <= MAX_AMOUNT, "courier_budget", budget, amounts)
        require(0 <= self.shortfall_cost <= MAX_AMOUNT, "shortfall_cost", self.shortfall_cost, amounts)
        _once("carrier_limits", [(one.node_id, one.carrier_id, one.level.value) for one in self.carrier_limits])
        _once("least_work", [one.node_id for one in self.least_work])

    def check(self, network: Network) -> None:
        """Raises InvalidInput for every node and service that the network does not have."""
        nodes = {node.node_id for node in network.nodes}
        faults = self.unknown(nodes, {service.key for service in network.services})
        if faults:
            raise InvalidInput(*faults)

    def unknown(self, nodes: Collection[str], services: Collection[tuple[str, ServiceLevel]]) -> list[FieldFault]:
        """Every node and service that is not among these."""
        faults = []
        for i, limit in enumerate(self.carrier_limits):
            path = f"carrier_limits[{i}]"
            if limit.node_id not in nodes:
                faults.append(FieldFault(f"{path}.node_id", limit.node_id, "a node of the network"))
            if (limit.carrier_id, limit.level) not in services:
                name = f"{limit.carrier_id} {limit.level.value}"
                faults.append(FieldFault(f"{path}.carrier_id", name, "a carrier's service of the network"))
        for i, work in enumerate(self.least_work):
            if work.node_id not in nodes:
                faults.append(FieldFault(f"least_work[{i}].node_id", work.node_id, "a node of the network"))
        return faults


def _once(field: str, keys: list[object]) -> None:
    twice = next((key for i, key in enumerate(keys) if key in keys[:i]), None)
    require(twice is None, field, twice, "each once")


NO_RULES = BatchRules()
