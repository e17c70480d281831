"""Scenarios: each change does what it says, and a file with faults is refused whole, every fault named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import NetworkFaults
from engine.network.carriers import ServiceLevel
from engine.network.files import load_stock, read_units
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt
from engine.routing.order_files import read_orders
from engine.simulation.chance import Chance
from engine.simulation.comparison import compare
from engine.simulation.luck import SecondLook
from engine.simulation.scenario import Base, Scenario, lay_over
from engine.simulation.scenario_shape import ScenarioShape, read_scenario
from engine.simulation.study import by_scenario, demand, run
from tests.networks import EU as DIRECTORY
from tests.routing.eu import EU
from tests.simulation.us import us

NODES = [node.node_id for node in EU.nodes]
BASE = Base(EU, load_stock(DIRECTORY, EU), tuple(read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)))
SERVICE = next(service for service in EU.services if service.rate_card is not None)


def scenario(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "change.toml"
    path.write_text(text)
    return lay_over(BASE, read_scenario(path), path.name)


def read_text(text: str, tmp_path: Path) -> ScenarioShape:
    path = tmp_path / "text.toml"
    path.write_text(text)
    return read_scenario(path)


def units_at(base: Base, node_id: str) -> int:
    return sum(row.on_hand for row in base.stock if row.node_id == node_id)


def test_a_file_that_changes_nothing_is_the_base(tmp_path: Path) -> None:
    same = scenario(tmp_path, "")
    assert same.base.network == EU
    assert set(same.base.stock) == set(BASE.stock)
    assert same.base.orders == BASE.orders
    assert same.name == "change"


def test_a_closed_node_has_no_stock_and_ships_nothing(tmp_path: Path) -> None:
    closed = scenario(tmp_path, f'nodes.close = ["{NODES[0]}"]')
    assert units_at(closed.base, NODES[0]) == 0
    assert not closed.base.network.nodes[0].services
    assert NODES[0] not in run(closed, 1, 0).shipments["node_id"].to_list()


def test_pickups_of_a_closed_store_go_to_one_near_by_only_where_that_is_asked_for(tmp_path: Path) -> None:
    store = next(node.node_id for node in EU.nodes if ServiceLevel.PICKUP in node.services)
    wish = Order(
        "P", BASE.orders[0].order_time, (Line("1", EU.items[0].sku, 1, Fulfilment.PICKUP),), Destination("DE", "10115"),
        pickup=PickupAt(store),
    )  # fmt: skip
    base = Base(EU, BASE.stock, (wish,))
    path = tmp_path / "x.toml"
    for text, expected in ((f'close = ["{store}"]', PickupAt(store)), (
        f'close = ["{store}"]\nredirect_pickup_km = 50', PickupAt(radius_m=50_000))):  # fmt: skip
        path.write_text("[nodes]\n" + text)
        assert lay_over(base, read_scenario(path), path.name).base.orders[0].pickup == expected


def test_a_new_node_is_like_another_elsewhere_with_a_share_of_its_stock(tmp_path: Path) -> None:
    text = f"""
    [[nodes.add]]
    node_id = "NEW"
    like = "{NODES[0]}"
    latitude = 48.2
    longitude = 16.4
    postal_code = "1010"
    stock = 0.5
    """
    added = scenario(tmp_path, text).base
    new = added.network.nodes[-1]
    assert (new.node_id, new.latitude, new.postal_code) == ("NEW", 48.2, "1010")
    assert new.services == EU.nodes[0].services
    assert 0 < units_at(added, "NEW") < units_at(added, NODES[0])


def test_stock_is_scaled_and_moved_without_a_unit_lost(tmp_path: Path) -> None:
    doubled = scenario(tmp_path, "[[stock.scale]]\nby = 2")
    assert sum(row.on_hand for row in doubled.base.stock) == 2 * sum(row.on_hand for row in BASE.stock)
    moved = scenario(tmp_path, f'[[stock.move]]\nfrom = "{NODES[0]}"\nto = "{NODES[1]}"\nshare = 0.5')
    assert sum(row.on_hand for row in moved.base.stock) == sum(row.on_hand for row in BASE.stock)
    assert units_at(moved.base, NODES[1]) > units_at(BASE, NODES[1])


def test_dearer_rates_cost_more_and_other_cutoffs_leave_at_another_time(tmp_path: Path) -> None:
    names = f'carrier = "{SERVICE.carrier_id}"\nlevel = "{SERVICE.level.value}"'
    dear = scenario(tmp_path, f"[[rates]]\n{names}\nby = 1.5")
    assert run(dear, 1, 0).figures["carrier_per_order"] > run(Scenario("base", BASE), 1, 0).figures["carrier_per_order"]
    early = scenario(tmp_path, f"[[cutoffs]]\n{names}\nminutes = -60")
    found = next(service for service in early.base.network.services if service.key == SERVICE.key)
    assert [at and at + 60 for at in found.cutoffs] == [at and max(at, 60) for at in SERVICE.cutoffs]


def test_the_policys_keys_are_those_of_policy_toml(tmp_path: Path) -> None:
    changed = scenario(tmp_path, '[policy]\nsplit_penalty = 7.5\norder = "shipments"\nmax_shipments = 2')
    policy = changed.base.network.policy
    assert (policy.split_penalty, policy.objective.value, policy.max_shipments) == (7_500_000, "SHIPMENTS", 2)


def test_orders_wait_and_routes_move_where_a_scenario_says_so(tmp_path: Path) -> None:
    text = '[windows."*"]\nPICKUP = 86400\nGROUND = "2.5"\n[reoptimize]\nevery_minutes = 1440\nmin_saving = 0.5\n'
    changed = scenario(tmp_path, text)
    policy = changed.base.network.policy
    assert {each.level: each.wait_ms for each in policy.windows} == {
        ServiceLevel.PICKUP: 86_400_000,
        ServiceLevel.GROUND: 2_500,
    }
    assert changed.second_look == SecondLook(1_440, 500, 500_000)
    none = lay_over(changed.base, read_text("windows = {}", tmp_path), "none.toml")
    assert none.base.network.policy.windows == ()
    assert none.second_look is None
    assert run(changed, 1, 0).orders.equals(run(changed, 1, 0).orders)


def test_demand_is_scaled_by_region_and_the_rest_stays(tmp_path: Path) -> None:
    prefix = next(order.destination.postal_code for order in BASE.orders if order.destination)
    more = scenario(tmp_path, f'[[demand.region]]\npostal_prefix = "{prefix}"\nby = 3')
    orders = demand(more, Chance(1, 0))
    here = [order for order in BASE.orders if order.destination and order.destination.postal_code.startswith(prefix)]
    assert len(orders) == len(BASE.orders) + 2 * len(here)
    assert len({order.order_id for order in orders}) == len(orders)
    none = scenario(tmp_path, "demand.scale = 0")
    assert demand(none, Chance(1, 0)) == []


def test_a_fault_in_the_shape_names_its_key_its_value_and_what_was_expected(tmp_path: Path) -> None:
    text = """
    solver = "magic"
    nodes.close = "DC"
    demand.scale = -1
    colour = "red"
    [[stock.scale]]
    by = "many"
    [reoptimize]
    every_minutes = 0
    max_moves = 2
    """
    with pytest.raises(NetworkFaults) as error:
        scenario(tmp_path, text)
    faults = {fault.column: fault for fault in error.value.network_faults}
    assert {"solver", "nodes.close", "demand.scale", "colour", "stock.scale[0].by"} <= set(faults)
    assert {"reoptimize.every_minutes", "reoptimize.max_moves"} <= set(faults)
    assert faults["solver"].value == "magic"
    assert "cheapest_first" in faults["solver"].expected


def test_faults_against_the_base_are_named_all_at_once(tmp_path: Path) -> None:
    text = f"""
    [nodes]
    close = ["NOWHERE", "{NODES[0]}"]
    [[nodes.change]]
    nodes = ["{NODES[0]}"]
    reject_rate = 0.5
    [[nodes.change]]
    nodes = ["{NODES[1]}"]
    safety_stock = 1
    [[nodes.change]]
    types = ["{EU.nodes[1].type.value}"]
    safety_stock = 2
    [[nodes.add]]
    node_id = "{NODES[2]}"
    like = "NOBODY"
    latitude = 0
    longitude = 0
    postal_code = "1"
    [[stock.scale]]
    by = 2
    [[stock.scale]]
    by = 3
    skus = ["NOTHING"]
    [[stock.scale]]
    by = 3
    nodes = ["{NODES[1]}"]
    [[rates]]
    carrier = "NOBODY"
    level = "GROUND"
    by = 2
    [policy]
    split_penalty = -1
    colour = 2
    [windows.web]
    GROUND = 100000
    TELEPATHY = 1
    """
    with pytest.raises(NetworkFaults) as error:
        scenario(tmp_path, text)
    found = {fault.column for fault in error.value.network_faults}
    expected = {
        "nodes.close", "nodes.change[0]", "nodes.change[2].safety_stock", "nodes.add[0].node_id", "nodes.add[0].like",
        "stock.scale[1].skus", "stock.scale[2]", "rates[0]", "policy.split_penalty", "policy.colour",
        "windows.web.GROUND", "windows.web.TELEPATHY",
    }  # fmt: skip
    assert expected <= found
    assert all(fault.file == "change.toml" for fault in error.value.network_faults)


def test_no_toml_is_one_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(NetworkFaults, match="TOML"):
        scenario(tmp_path, "name = ")


def test_differences_are_paired_replication_by_replication(tmp_path: Path) -> None:
    scenarios = [Scenario("base", BASE, resample=True), scenario(tmp_path, 'name = "same"\n[demand]\nresample = true')]
    runs = [run(each, 1, replication) for each in scenarios for replication in range(4)]
    base, same = compare(by_scenario([each.name for each in scenarios], runs))
    assert base.figures["cost"].half_width > 0  # the demand differs from one to the next
    assert same.differences["cost"].mean == same.differences["cost"].half_width == 0  # and not between scenarios


def test_the_scenarios_in_the_docs_fit_the_demo_network() -> None:
    files = sorted((Path(__file__).parents[2] / "docs" / "scenarios").glob("*.toml"))
    assert len(files) == 10
    base = Base(*us(1))
    for path in files:
        found = lay_over(base, read_scenario(path), path.name)
        assert found.name == path.stem
        assert replace(found, name="base") != Scenario("base", base), "it changes something"
