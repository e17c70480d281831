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

    def _look_up(self, origin_id: str, store_id: str) -> TransferLane | None:
        if origin_id == store_id:
            return None
        origin, store = self._nodes[origin_id], self._nodes[store_id]
        kind = origin.type.value
        for ends in ((origin_id, store_id), (kind, store_id), (origin_id, ANY), (kind, ANY)):
            lane = self._lanes.get(ends)
            if lane is not None:
                too_far = lane.max_distance_m and distance_m(origin, store) > lane.max_distance_m
                return None if too_far else lane
        return None
