"""Writing a whole network directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.network.building.delivery import write_cutoffs, write_lanes, write_places, write_rates, write_services
from engine.network.building.geography import Centre
from engine.network.building.goods import Goods, write_goods
from engine.network.building.policies import write_policy
from engine.network.building.sites import NodeRow, write_nodes
from engine.network.building.stocking import Stock, write_stock


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into a directory; ``note`` is the first line of its policy.toml."""

    name: str
    note: str
    rows: tuple[NodeRow, ...]
    goods: Goods
    stock: Stock
    centres: tuple[Centre, ...]


def write_directory(content: Content, data: Path, out: Path) -> None:
    """Write every file of the network but its orders; the post's prices are read from ``data``."""
    out.mkdir(parents=True, exist_ok=True)
    write_nodes(content.rows, out)
    write_goods(content.goods, out)
    write_stock(content.rows, content.goods, content.stock, out)
    write_services(out)
    write_rates(data, out)
    write_lanes(content.rows, out)
    write_cutoffs(content.rows, out)
    write_places(content.centres, out)
    write_policy(content.name, content.note, out)
