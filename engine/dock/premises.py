"""The network in force as the dock needs it: nodes with their addresses, items with their names, cartons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from engine.capture.captured import Address
from engine.errors import NotFound
from engine.network.cost import CostModel
from engine.network.items import Item
from engine.network.network import Network
from engine.network.nodes import Node
from engine.network.packing import Packer
from engine.shipping.addresses import node_address


class NodePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the network does not say of a node, and a carrier asks for."""

    street: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Premises:
    """See the module. ``places`` by node id; a node without one has its name, postal code and country. ``shelves`` is where
    a node has a SKU, by both."""

    network: Network
    places: Mapping[str, NodePlace] = field(default_factory=dict)
    shelves: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def model(self) -> CostModel:
        return CostModel(self.network)

    @cached_property
    def packer(self) -> Packer:
        return Packer(self.network.cartons, self.network.policy.package_fill_bp)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.node_id: node for node in self.network.nodes}

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.sku: item for item in self.network.items}

    @cached_property
    def item_names(self) -> dict[str, str]:
        return {item.sku: item.name for item in self.network.items if item.name}

    def node(self, node_id: str) -> Node:
        """Raises NotFound."""
        try:
            return self._nodes[node_id]
        except KeyError:
            raise NotFound("node", node_id) from None

    def item(self, sku: str) -> Item:
        """Raises NotFound."""
        try:
            return self._items[sku]
        except KeyError:
            raise NotFound("SKU", sku) from None

    def address(self, node_id: str) -> Address:
        place = self.places.get(node_id, NodePlace())
        return node_address(self.node(node_id), **msgspec.structs.asdict(place))

    def carrier_name(self, carrier_id: str) -> str:
        return next((one.name for one in self.network.carriers if one.carrier_id == carrier_id), carrier_id)
