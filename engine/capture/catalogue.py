"""What a network knows that captured orders are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.network.geography import find_place
from engine.network.network import Network, Place
from engine.network.nodes import NodeType


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``currency`` is that of every amount in the network, ``stores`` the node ids of stores."""

    currency: str
    skus: frozenset[str]
    stores: frozenset[str]
    places: Mapping[tuple[str, str], Place]

    def has_place(self, country: str, postal_code: str) -> bool:
        return find_place(self.places, country, postal_code) is not None


def catalogue_of(network: Network) -> Catalogue:
    return Catalogue(
        network.policy.currency,
        frozenset(item.sku for item in network.items),
        frozenset(node.node_id for node in network.nodes if node.type is NodeType.STORE),
        network.places,
    )
