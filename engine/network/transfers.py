"""Transfers: the lanes by which other nodes supply a store's pickups."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.network.carriers import TransferLane
from engine.network.geography import distance_m
from engine.network.nodes import Node

_KEPT = 1 << 16
ANY = "*"


class Transfers:
    """A network's lanes, found by their ends."""

    def __init__(self, lanes: Iterable[TransferLane], nodes: Iterable[Node]) -> None:
        self._lanes: dict[tuple[str, str], TransferLane] = {}
        for lane in lanes:
            self._lanes.setdefault((lane.origin, lane.destination), lane)  # of two alike, the first of the file
        self._nodes = {node.node_id: node for node in nodes}
        self._lane = lru_cache(_KEPT)(self._look_up)

    def lane(self, origin: Node, store: Node) -> TransferLane | None:
        """The lane from ``origin`` to another node, or None.

        The most exact lane decides alone: where it does not go so far, no other is tried.
        """
        return self._lane(origin.node_id, store.node_id)

    def most_exact(self, origin: Node, store: Node) -> TransferLane | None:
        """The lane that decides, however far it is; None from a node to itself, or where no lane goes."""
        if origin.node_id == store.node_id:
            return None
        kind = origin.type.value
        for ends in ((origin.node_id, store.node_id), (kind, store.node_id), (origin.node_id, ANY), (kind, ANY)):
            lane = self._lanes.get(ends)
            if lane is not None:
                return lane
        return None

    def _look_up(self, origin_id: str, store_id: str) -> TransferLane | None:
        origin, store = self._nodes[origin_id], self._nodes[store_id]
        lane = self.most_exact(origin, store)
        too_far = lane is not None and lane.max_distance_m and distance_m(origin, store) > lane.max_distance_m
        return None if too_far else lane
