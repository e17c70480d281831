"""What a node refused after it was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class Rejected:
    """``line_ids`` of the order that the node refused; empty: all that it was to ship. ``exclude_node`` keeps it out of
    the new decision for every other line too."""

    node_id: str
    line_ids: tuple[str, ...] = ()
    exclude_node: bool = True

    def __post_init__(self) -> None:
        require(bool(self.node_id), "node_id", self.node_id, "a non-empty identifier")
