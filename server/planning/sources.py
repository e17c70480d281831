"""Where a study starts from: a base out of files, and scenarios over it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.errors import NetworkFault, NetworkFaults
from engine.network.checks import require
from engine.network.files import load_network, load_stock, read_units
from engine.network.us import DIRECTORY
from engine.routing.order_files import read_orders
from engine.simulation.scenario import Base, Scenario, lay_over
from engine.simulation.scenario_shape import ScenarioShape, read_scenario


def load_base(base: str, orders: Path | None = None, most: int | None = None) -> Base:
    """``us`` or a directory of network files, with the orders of another file where one is named, the first ``most``."""
    directory = DIRECTORY if base == "us" else Path(base)
    require(directory.is_dir(), "base", base, "us, or a directory of network files")
    network = load_network(directory)
    read = read_orders(orders or directory / "orders.csv", read_units(directory).metres)
    require(bool(read), "orders", orders or directory / "orders.csv", "a file with orders")
    by_time = sorted(read, key=lambda order: order.order_time)
    return Base(network, load_stock(directory, network), tuple(by_time[:most]))


def scenarios_of_files(base: Base, files: Sequence[Path], rules: bool) -> list[Scenario]:
    """The base first. Raises NetworkFaults: the faults of every file at once."""
    shapes, faults = [], []
    for path in files:
        try:
            shapes.append((path.name, read_scenario(path)))
        except NetworkFaults as error:
            faults += list(error.network_faults)
    return scenarios_over(base, shapes, rules, faults)


def scenarios_over(
    base: Base, shapes: Sequence[tuple[str, ScenarioShape]], rules: bool, faults: Sequence[NetworkFault] = ()
) -> list[Scenario]:
    """The base first, then by rules, then each of ``shapes``, which are named by where they stand.

    Raises
    ------
    NetworkFaults : ``faults``, and those of every shape that can't be laid over the base.
    """
    from engine.routing.planner import RULES

    all_faults = list(faults)
    found = [Scenario("base", base)]
    if rules:
        found += [Scenario(rule, base, solver=rule) for rule in RULES]
    for place, shape in shapes:
        try:
            scenario = lay_over(base, shape, place)
        except NetworkFaults as error:
            all_faults += error.network_faults
            continue
        if scenario.name in [each.name for each in found]:
            all_faults.append(NetworkFault(place, 0, "name", scenario.name, "a name that no other scenario has"))
        found.append(scenario)
    if all_faults:
        raise NetworkFaults(tuple(all_faults))
    return found
