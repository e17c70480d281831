"""Published prices as a document: what was fitted, from what, for how long. As a file JSON, in the store compressed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import msgspec

from engine.errors import FieldFault, InvalidInput
from engine.network.network import Network
from engine.network.prices import BidPrices

_FORMAT = b"OBP1"
_NAMED = 5
"""Unknown names that a refusal lists."""


class UnitPrice(msgspec.Struct, frozen=True, array_like=True):
    """Of one SKU at one node: micros a unit, and the units there were when it was made (0 where it does not move)."""

    sku: str
    node_id: str
    micros: int
    units: int


class DayPrice(msgspec.Struct, frozen=True, array_like=True):
    """Of one node's local day since 1970-01-01: micros a shipment."""

    node_id: str
    day: int
    micros: int


class PriceDocument(msgspec.Struct, frozen=True):
    """See ``BidPrices`` for what the figures mean.

    Attributes
    ----------
    network, network_version : what it was made for; version 0: files, not a stored network.
    made_time : UTC seconds. made_by : ``fluid``, ``breadth`` or ``none``. parameters : of the making, for people.
    """

    network: str
    network_version: int
    made_time: int
    made_by: str
    parameters: dict[str, str]
    valid_from: int | None = None
    valid_until: int | None = None
    step: int = 0
    units: tuple[UnitPrice, ...] = ()
    days: tuple[DayPrice, ...] = ()

    def prices(self, version: int) -> BidPrices:
        """As decisions take them. Raises InvalidInput for a figure out of its range."""
        return BidPrices(
            version,
            {(each.sku, each.node_id): each.micros for each in self.units if each.micros},
            {(each.node_id, each.day): each.micros for each in self.days},
            {(each.sku, each.node_id): each.units for each in self.units if each.units},
            self.step,
            self.valid_from,
            self.valid_until,
        )

    def check(self, network: Network) -> None:
        """Raises InvalidInput where it names what the network has not, a thing twice, or a figure out of its range."""
        nodes = {node.node_id for node in network.nodes}
        skus = {item.sku for item in network.items}
        unknown = sorted(({each.node_id for each in self.units} | {each.node_id for each in self.days}) - nodes)
        faults = [FieldFault("node_id", name, "a node of the network") for name in unknown[:_NAMED]]
        unknown = sorted({each.sku for each in self.units} - skus)
        faults += [FieldFault("sku", name, "a SKU of the network") for name in unknown[:_NAMED]]
        for name, keys in (
            ("units", [(each.sku, each.node_id) for each in self.units]),
            ("days", [(each.node_id, each.day) for each in self.days]),
        ):
            if len(set(keys)) < len(keys):
                seen: set[tuple[object, ...]] = set()
                twice = next(key for key in keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]
                faults.append(FieldFault(name, str(twice), "each once"))
        if faults:
            raise InvalidInput(*faults)
        self.prices(1)


def document_of(
    prices: BidPrices,
    network: str,
    network_version: int,
    made_time: int,
    made_by: str,
    parameters: Mapping[str, str],
) -> PriceDocument:
    """The document of these prices, rows in the order of their names."""
    cells = sorted(prices.unit.keys() | prices.stock.keys())
    return PriceDocument(
        network,
        network_version,
        made_time,
        made_by,
        dict(parameters),
        prices.valid_from,
        prices.valid_until,
        prices.step,
        tuple(UnitPrice(*cell, prices.unit.get(cell, 0), prices.stock.get(cell, 0)) for cell in cells),
        tuple(DayPrice(*key, prices.capacity[key]) for key in sorted(prices.capacity)),
    )


def encode(document: PriceDocument) -> bytes:
    """MessagePack, compressed, behind four bytes that name the format."""
    return _FORMAT + zlib.compress(msgspec.msgpack.encode(document, order="deterministic"), 6)


def decode(data: bytes) -> PriceDocument:
    """What ``encode`` was given. Raises InvalidInput where the bytes are none of its own."""
    if not data.startswith(_FORMAT):
        raise InvalidInput(FieldFault("prices", data[:4].hex(), f"bytes that start with {_FORMAT.decode()}"))
    try:
        return msgspec.msgpack.decode(zlib.decompress(data[len(_FORMAT) :]), type=PriceDocument)
    except (zlib.error, msgspec.DecodeError) as error:
        raise InvalidInput(FieldFault("prices", str(error), "an encoded document")) from error


def to_json(document: PriceDocument) -> bytes:
    """The file: one line of JSON."""
    return msgspec.json.encode(document, order="deterministic") + b"\n"


def from_json(data: bytes) -> PriceDocument:
    """Raises InvalidInput where it is no such file."""
    try:
        return msgspec.json.decode(data, type=PriceDocument)
    except msgspec.DecodeError as error:
        raise InvalidInput(FieldFault("prices", str(error), "a file that `onebox prices fit` wrote")) from error
