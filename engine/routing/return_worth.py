"""What a unit that comes back is worth at a node (docs/model.md, Returns): scarce goods more than what lies there in heaps."""

from __future__ import annotations

import numpy as np
from scipy.special import pdtrc

from engine.network.items import Item
from engine.network.policy import Policy
from engine.routing.returned import ANYWHERE, LATELY_DAYS, Outlook


def worth(item: Item, node_id: str, units: int, outlook: Outlook, policy: Policy, price: int | None) -> int:
    """What ``units`` of the item are worth at the node beyond what they fetch anywhere, micros >= 0.

    A unit for which an order waits there saves the price of leaving it out, and its markdown. Of the others each is worth its
    bid ``price``, micros; where there are no prices for its SKU (None), its markdown by the chance that it is asked for in
    time: the k-th unit on hand is, when a Poisson number of mean rate * ``sell_days`` is k or more. The rate has Jeffreys'
    prior: half a unit more than what left. The grade is not known yet, so all units count as good.
    """
    cell, rules = (item.sku, node_id), policy.returns
    on_hand = max(0, outlook.atp.get(cell, 0))
    waiting = outlook.waiting.get(cell, 0) + outlook.waiting.get((item.sku, ANYWHERE), 0)
    served = min(units, max(0, waiting - on_hand))
    markdown = item.unit_value * rules.markdown_bp // 10_000
    of_served = served * (policy.backorder_cost_per_unit + markdown)
    rest = units - served
    if price is not None:
        return of_served + rest * price
    mean = (outlook.left.get(cell, 0) + 0.5) * rules.sell_days / LATELY_DAYS
    spare = max(0, on_hand - waiting)
    chances = pdtrc(np.arange(spare, spare + rest, dtype=np.float64), mean)  # of more than spare + k
    return of_served + int(np.rint(markdown * chances.sum()))
