"""The regret of a replay: what was paid, against what no policy could have paid less than."""

from __future__ import annotations

from collections.abc import Callable

from engine.network.checks import require
from engine.pricing.hindsight import hindsight
from engine.simulation.chance import Chance
from engine.simulation.comparison import Figures
from engine.simulation.scenario import Scenario
from engine.simulation.study import Run, demand


def check_bounded(scenario: Scenario) -> None:
    """Raises InvalidInput where goods come back: which, and so what there was to sell, is then the policy's own doing."""
    returned = scenario.luck.returned
    require(returned == 0, f"scenario {scenario.name!r}, returned", returned, "0, as a bound in hindsight is wanted")


def regret_of(scenario: Scenario, seed: int, run: Run, told: Callable[[float], None] = lambda share: None) -> Figures:
    """Of one replication: the bound in the currency's units on the orders that were paid for, and the regret, a share of it."""
    check_bounded(scenario)
    chance, abandoned = Chance(seed, run.replication), scenario.luck.abandoned
    came = sorted(demand(scenario, chance), key=lambda order: order.order_time)
    paid_for = [
        order for order in came if chance.uniform("abandoned", order.order_id) >= abandoned
    ]  # as the replay draws it
    found = hindsight(scenario.base.network, scenario.base.stock, paid_for, told=told)
    return {"hindsight": found.bound / 1e6, "regret": found.regret(run.figures["cost"] * 1e6)}
