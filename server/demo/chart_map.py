"""The map: land as a lattice of dots, nodes sized by what they ship, and a thin curve for each flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from scipy.spatial import Delaunay, QhullError, cKDTree

from engine.network.geography import find_place
from engine.network.network import Network, Place
from engine.network.nodes import Node, NodeType
from engine.routing.order import Order
from engine.simulation.outcome import Outcome
from server.demo.projection import Albers, Floats

WIDTH = 1_000.0
_MARGIN = 14.0
_PAD = 0.06
"""Of the nodes' span, on each side: places further out are not drawn, but counted."""
_PITCH = 8.0
_BEND = 0.16
_MESH = 64.0
_SHORE = 11.0
"""A lattice dot is land inside a triangle of neighbouring places whose circle's radius is below ``_MESH``, or that near to
a place; in the map's own units."""

Flows = Counter[tuple[str, tuple[float, float]]]
"""How many shipments go from a node to a point (latitude, longitude)."""


@dataclass(frozen=True, slots=True)
class Map:
    """``shipped`` is shipments by node, pickups from its own shelf included; ``outside`` those that leave the frame."""

    svg: str
    shipped: Counter[str]
    outside: int


def draw_map(network: Network, orders: Sequence[Order], outcomes: Sequence[Outcome], key: str = "map") -> Map:
    """SVG with classes and no colours: the page's style sheet has them, by day and by night. ``key`` begins its ids."""
    shipped = Counter(sent.node_id for outcome in outcomes for sent in outcome.shipments)
    frame = _Frame(network)
    flows = _flows(network, orders, outcomes)
    inside: dict[str, list[tuple[Floats, Floats, int]]] = {}
    outside = 0
    nodes = {node.node_id: node for node in network.nodes}
    for (node_id, (latitude, longitude)), count in sorted(flows.items()):
        node = nodes[node_id]
        if not frame.holds(latitude, longitude) or not frame.holds(node.latitude, node.longitude):
            outside += count
            continue
        ends = frame.points([node.latitude, latitude], [node.longitude, longitude])
        inside.setdefault(node_id, []).append((ends[0], ends[1], count))
    parts = [f'<path class="land" d="{frame.land(list(network.places.values()))}"/>', '<g class="flows">']
    parts += [_curves(nodes[node_id], rows) for node_id, rows in sorted(inside.items(), key=lambda one: -len(one[1]))]
    parts += ["</g>", '<g class="nodes">']
    order = {NodeType.STORE: 0, NodeType.VENDOR: 1, NodeType.DC: 2}
    most = max(shipped.values(), default=1)
    for node in sorted(network.nodes, key=lambda one: (order[one.type], one.node_id)):
        if frame.holds(node.latitude, node.longitude):
            parts.append(_dot(node, frame, shipped[node.node_id], most))
    parts.append("</g>")
    total = sum(shipped.values())
    head = (
        f'<svg viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}" role="img" aria-labelledby="{key}-title {key}-text">'
        f'<title id="{key}-title">{total:,} shipments of network {escape(network.name)}</title>'
        f'<desc id="{key}-text">A map of {len(network.nodes):,} nodes. A curve leads from each node to each place it ships to, '
        "thicker where more goes. The table below the map has the busiest nodes.</desc>"
    )
    return Map(head + "".join(parts) + "</svg>", shipped, outside)


def _flows(network: Network, orders: Sequence[Order], outcomes: Sequence[Outcome]) -> Flows:
    """To the store where it is brought to one, else to the destination's place. Pickups from the store's own shelf stay."""
    nodes = {node.node_id: node for node in network.nodes}
    flows: Flows = Counter()
    for order, outcome in zip(orders, outcomes, strict=True):
        place = None
        if order.destination is not None:
            place = find_place(network.places, order.destination.country, order.destination.postal_code)
        for sent in outcome.shipments:
            end = nodes.get(sent.store, place)
            if end is not None and sent.store != sent.node_id:
                flows[sent.node_id, (end.latitude, end.longitude)] += 1
    return flows


class _Frame:
    """What is on the map, and where."""

    def __init__(self, network: Network) -> None:
        latitudes = np.array([node.latitude for node in network.nodes])
        longitudes = np.array([node.longitude for node in network.nodes])
        pad = _PAD * max(float(np.ptp(latitudes)), float(np.ptp(longitudes)) / 2, 0.5)
        self._south, self._north = float(latitudes.min()) - pad, float(latitudes.max()) + pad
        self._west, self._east = float(longitudes.min()) - 2 * pad, float(longitudes.max()) + 2 * pad
        self._albers = Albers(self._south, self._north, (self._west + self._east) / 2)
        everything = [(node.latitude, node.longitude) for node in network.nodes]
        everything += [(one.latitude, one.longitude) for one in network.places.values() if self._at(one)]
        drawn = self._albers(*zip(*everything, strict=True))
        low, high = drawn.min(axis=0), drawn.max(axis=0)
        self._low = low
        self._scale = (WIDTH - 2 * _MARGIN) / max(float(high[0] - low[0]), 1e-9)
        self.height = float(high[1] - low[1]) * self._scale + 2 * _MARGIN

    def holds(self, latitude: float, longitude: float) -> bool:
        return self._south <= latitude <= self._north and self._west <= longitude <= self._east

    def _at(self, place: Place) -> bool:
        return self.holds(place.latitude, place.longitude)

    def points(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> Floats:
        """float64[N, 2] on the map."""
        drawn: Floats = (self._albers(latitudes, longitudes) - self._low) * self._scale + _MARGIN
        return drawn

    def land(self, places: Sequence[Place]) -> str:
        """A dot at each lattice point that is among places: an alpha shape of them, as a path of round caps."""
        here = [place for place in places if self._at(place)]
        if not here:
            return ""
        points = np.unique(self.points([one.latitude for one in here], [one.longitude for one in here]), axis=0)
        rows = np.arange(_PITCH / 2, self.height, _PITCH * 0.866)
        lattice = np.array(
            [(x + (_PITCH / 2 if r % 2 else 0.0), y) for r, y in enumerate(rows) for x in np.arange(0, WIDTH, _PITCH)]
        )
        near = cKDTree(points).query(lattice)[0] < _SHORE
        land = lattice[near | _enmeshed(points, lattice)]
        return "".join(f"M{x:g} {y:.1f}h0" for x, y in land)


def _enmeshed(points: Floats, lattice: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    try:
        mesh = Delaunay(points)
    except (QhullError, ValueError):  # fewer than three places, or all on a line
        return np.zeros(len(lattice), np.bool_)
    a, b, c = (points[mesh.simplices[:, corner]] for corner in range(3))
    sides = [np.hypot(*(p - q).T) for p, q in ((a, b), (b, c), (c, a))]
    area = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    radius = sides[0] * sides[1] * sides[2] / np.maximum(4 * area, 1e-9)
    at = mesh.find_simplex(lattice)
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (at >= 0) & (radius[at] < _MESH)
    return found


def _curves(node: Node, rows: Sequence[tuple[Floats, Floats, int]]) -> str:
    """A path for each weight of the node's flows."""
    by_weight: dict[int, list[str]] = {}
    for start, end, count in rows:
        step = end - start
        bend = step / 2 + np.array([step[1], -step[0]]) * _BEND * (1 if step[0] >= 0 else -1)
        weight = min(count.bit_length(), 5)
        by_weight.setdefault(weight, []).append(
            f"M{start[0]:.1f} {start[1]:.1f}q{bend[0]:.1f} {bend[1]:.1f} {step[0]:.1f} {step[1]:.1f}"
        )
    name = escape(node.node_id, quote=True)
    return "".join(
        f'<path class="{node.type.value} w{weight}" data-node="{name}" d="{"".join(curves)}"/>'
        for weight, curves in sorted(by_weight.items())
    )


def _dot(node: Node, frame: _Frame, shipments: int, most: int) -> str:
    (x, y) = frame.points([node.latitude], [node.longitude])[0]
    least = 3.0 if node.type is NodeType.DC else 1.9
    radius = least + 11.0 * (shipments / most) ** 0.5 if shipments else least
    name = escape(node.node_id, quote=True)
    words = escape(f"{node.node_id} {node.name}: {shipments:,} shipments")
    idle = "" if shipments else " idle"
    return (
        f'<circle class="{node.type.value}{idle}" data-node="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
        f"<title>{words}</title></circle>"
    )
