"""The best solutions known of the families' batches, in ``best_known.json`` beside this file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batch_families import CONTENDED, UNIFORM, Instance, draw, draw_two_tier

FILE = Path(__file__).with_name("best_known.json")


@dataclass(frozen=True, slots=True)
class BestKnown:
    """``cost`` and proven ``bound`` in millionths; ``found`` is the day, ``by`` says how. Equal, they are the optimum."""

    family: str
    orders: int
    nodes: int
    seed: int
    cost: int
    bound: int
    found: str
    by: str

    def __post_init__(self) -> None:
        if not 0 <= self.bound <= self.cost:
            raise ValueError(f"bound must be in 0..{self.cost}, got {self.bound}")

    def instance(self) -> Instance:
        """Drawn anew from its seed."""
        if self.family == "two-tier":
            return draw_two_tier(self.orders, self.seed)
        family = {family.name: family for family in (UNIFORM, CONTENDED)}[self.family]
        return draw(family, self.orders, self.nodes, self.seed)


def best_known() -> list[BestKnown]:
    return [BestKnown(**each) for each in json.loads(FILE.read_text())]
