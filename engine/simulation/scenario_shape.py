"""The shape of a scenario file (TOML): docs/scenarios.md shows every key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import NetworkFault, NetworkFaults
from engine.network.carriers import ServiceLevel
from engine.network.nodes import NodeType
from engine.routing.planner import SOLVERS

Factor = Annotated[Decimal, Field(ge=0, le=1_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Placed(_Shape):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    postal_code: Annotated[str, Field(min_length=1)]
    time_zone: str | None = None

    def place(self) -> dict[str, Any]:
        """The node's fields."""
        return self.model_dump(include={"latitude", "longitude", "postal_code", "time_zone"}, exclude_none=True)


class AddedNode(_Placed):
    """A new node like another, elsewhere, with ``stock``, a share of the other's opening stock, of its own."""

    node_id: Annotated[str, Field(min_length=1, max_length=64)]
    like: str
    name: str = ""
    stock: Annotated[float, Field(ge=0, le=100)] = 1.0


class MovedNode(_Placed):
    node_id: str


class ChangedNodes(_Shape):
    """Nodes by id or type, all where neither is named; what is left out stays."""

    nodes: tuple[str, ...] = ()
    types: tuple[NodeType, ...] = ()
    daily_order_capacity: Annotated[int | None, Field(ge=0)] = None
    daily_unit_capacity: Annotated[int | None, Field(ge=0)] = None
    lead_time_minutes: Annotated[int | None, Field(ge=0, le=60 * 24 * 28)] = None
    reject_rate: Annotated[float | None, Field(ge=0, le=1)] = None
    safety_stock: Annotated[int | None, Field(ge=0)] = None
    handling_per_shipment: Annotated[Decimal | None, Field(ge=0)] = None
    handling_per_unit: Annotated[Decimal | None, Field(ge=0)] = None

    def changes(self) -> dict[str, Any]:
        """The node's fields, in the engine's units."""
        found: dict[str, Any] = self.model_dump(
            include={"daily_order_capacity", "daily_unit_capacity", "safety_stock"}, exclude_none=True
        )
        if self.lead_time_minutes is not None:
            found["lead_time_s"] = 60 * self.lead_time_minutes
        if self.reject_rate is not None:
            found["reject_rate_ppm"] = round(1_000_000 * self.reject_rate)
        for name in ("handling_per_shipment", "handling_per_unit"):
            amount = getattr(self, name)
            if amount is not None:
                found[name] = int(amount * 1_000_000)
        return found


class NodeChanges(_Shape):
    close: tuple[str, ...] = ()
    redirect_pickup_km: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    add: tuple[AddedNode, ...] = ()
    move: tuple[MovedNode, ...] = ()
    change: tuple[ChangedNodes, ...] = ()


class StockScale(_Shape):
    """Opening stock times ``by``, rounded; by node, type of node, SKU, or all."""

    by: Annotated[float, Field(ge=0, le=1_000)]
    nodes: tuple[str, ...] = ()
    types: tuple[NodeType, ...] = ()
    skus: tuple[str, ...] = ()


class StockMove(_Shape):
    """A share of one node's opening stock to another."""

    source: str = Field(alias="from")
    to: str
    share: Share = 1.0


class StockChanges(_Shape):
    scale: tuple[StockScale, ...] = ()
    move: tuple[StockMove, ...] = ()


class Region(_Shape):
    postal_prefix: Annotated[str, Field(min_length=1)]
    by: Annotated[float, Field(ge=0, le=50)]


class DemandChange(_Shape):
    scale: Annotated[float, Field(ge=0, le=50)] = 1.0
    region: tuple[Region, ...] = ()
    resample: bool = False


class RateScale(_Shape):
    carrier: str
    level: ServiceLevel
    by: Factor


class CutoffShift(_Shape):
    carrier: str
    level: ServiceLevel
    minutes: Annotated[int, Field(ge=-1_440, le=1_440)]


class LuckShape(_Shape):
    """See ``engine.simulation.luck.Luck``."""

    reject_scale: Annotated[float, Field(ge=0, le=1_000)] = 1.0
    short_pick: Share = 0.5
    abandoned: Share = 0.0
    returned: Share = 0.0
    return_days: Annotated[int, Field(ge=0, le=365)] = 10
    max_rounds: Annotated[int, Field(ge=0, le=20)] = 3


class ReoptimizeShape(_Shape):
    """See ``engine.simulation.luck.SecondLook``."""

    every_minutes: Annotated[int, Field(ge=1, le=10_080)]
    max_moves: Annotated[float, Field(ge=0.0001, le=1)] = 0.05
    min_saving: Annotated[Decimal, Field(ge=0, le=1_000_000)] = Decimal(0)


class ScenarioShape(_Shape):
    """A whole file. ``policy`` has keys of policy.toml's tables ``objective`` and ``routing``, ``windows`` its tables of
    that name, in place of the base's."""

    name: Name
    description: str = ""
    solver: Literal[SOLVERS] = "auto"  # type: ignore[valid-type]
    nodes: NodeChanges = NodeChanges()
    stock: StockChanges = StockChanges()
    demand: DemandChange = DemandChange()
    rates: tuple[RateScale, ...] = ()
    cutoffs: tuple[CutoffShift, ...] = ()
    policy: dict[str, Any] = Field(default_factory=dict)
    windows: dict[str, Any] | None = None
    reoptimize: ReoptimizeShape | None = None
    luck: LuckShape = LuckShape()


def read_scenario(path: Path) -> ScenarioShape:
    """Raises NetworkFaults: every fault in the file's shape at once."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise NetworkFaults((NetworkFault(path.name, 0, "", str(error), "a text file that can be read"),)) from None
    return parse_scenario(text, path.name, path.stem)


def parse_scenario(text: str, place: str, name: str | None = None) -> ScenarioShape:
    """A file's text; faults name ``place``, and ``name`` is the scenario's where it says none. Raises NetworkFaults."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise NetworkFaults((NetworkFault(place, 0, "", str(error), "TOML"),)) from None
    if name is not None:
        document.setdefault("name", name)
    return shape_of(document, place)


def shape_of(document: Mapping[str, Any], place: str) -> ScenarioShape:
    """The keys of a file, however they came. Raises NetworkFaults."""
    try:
        return ScenarioShape.model_validate(document)
    except ValidationError as error:
        raise NetworkFaults(tuple(_fault(place, dict(each)) for each in error.errors())) from None


def _fault(file: str, error: dict[str, Any]) -> NetworkFault:
    key = ""
    for part in error["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    message = str(error["msg"])
    return NetworkFault(file, 0, key, str(error["input"]), message[0].lower() + message[1:])
