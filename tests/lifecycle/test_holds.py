"""Which orders wait for a look, by the policy."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from engine.capture.captured import Address, CapturedOrder, Payment, PaymentState
from engine.lifecycle.rules import hold_reason
from engine.network.files.policy_file import parse_policy
from engine.network.life_rules import HoldRules, ReturnRules
from engine.network.nodes import NodeType
from tests.lifecycle.world import ADDRESS, an_order

VIENNA = Address("AT", "1010", city="Wien", street=("Ring 1",))


@pytest.mark.parametrize(
    ("rules", "order", "reason"),
    [
        ({}, an_order(), ""),
        ({"above": 36_490_000}, an_order(), ""),
        ({"above": 36_489_999}, an_order(), "fraud: 36.49 EUR is above 36.49"),
        ({"units_above": 2}, an_order(), ""),
        ({"units_above": 1}, an_order(), "fraud: 2 units of one line are above 1"),
        ({"countries": frozenset({"AT"})}, an_order(), ""),
        ({"countries": frozenset({"AT"})}, an_order(ship_to=VIENNA), "fraud: it goes to AT"),
        ({"other_billing_country": True}, an_order(bill_to=ADDRESS), ""),
        ({"other_billing_country": True}, an_order(bill_to=VIENNA), "fraud: it goes to DE and is paid in AT"),
        ({}, an_order(bill_to=VIENNA), ""),
        ({}, an_order(ship_to=Address("DE", "10115", city="Berlin")), "address: no street"),
        ({"incomplete_address": False}, an_order(ship_to=Address("DE", "10115")), ""),
        ({}, an_order(ship_to=Address("DE", "10115"), picked=True), ""),
        ({}, an_order(test=True), "test order: nobody expects goods"),
        ({}, an_order(payment=Payment(PaymentState.VOIDED)), "payment: the channel says VOIDED"),
    ],
)
def test_an_order_is_held_for_what_the_rules_name_and_for_nothing_else(
    rules: dict[str, Any], order: CapturedOrder, reason: str
) -> None:
    assert hold_reason(HoldRules(**rules), order) == reason


@pytest.mark.parametrize("line", ["P.O. Box 12", "PO BOX 7", "Postfach 10 01", "Packstation 145", "Post Office Box 3"])
def test_a_postal_box_is_known_by_how_it_is_written(line: str) -> None:
    order = an_order(ship_to=replace(ADDRESS, street=("c/o Ada", line)))
    assert hold_reason(HoldRules(postal_boxes=True), order) == f"address: {line} is a postal box"
    assert hold_reason(HoldRules(), order) == ""


@pytest.mark.parametrize("line", ["Boxhagener Str. 1", "Poststr. 4", "12 Box Hill Rd"])
def test_a_street_that_only_sounds_like_one_is_none(line: str) -> None:
    assert hold_reason(HoldRules(postal_boxes=True), an_order(ship_to=replace(ADDRESS, street=(line,)))) == ""


def test_the_policy_file_says_what_is_held_and_what_is_taken_back() -> None:
    file, faults = parse_policy(
        """
        name = "eu"
        currency = "EUR"

        [holds]
        above = 500.00
        countries = ["RU", "BY"]
        postal_boxes = true

        [returns]
        opened_days = 14
        final_sale = ["GIFT CARD"]
        node_types = ["dc"]
        markdown = 0.25
        """
    )
    assert (file is not None, faults) == (True, [])
    assert file is not None
    assert file.policy.holds == HoldRules(above=500_000_000, countries=frozenset({"RU", "BY"}), postal_boxes=True)
    expected = ReturnRules(
        opened_days=14, final_sale=frozenset({"GIFT CARD"}), node_types=frozenset({NodeType.DC}), markdown_bp=2_500
    )
    assert file.policy.returns == expected


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("[holds]\ncountries = ['Germany']", "holds.countries"),
        ("[holds]\nabove = -1", "holds.above"),
        ("[holds]\nfraud = true", "holds.fraud"),
        ("[returns]\nmarkdown = 1.5", "returns.markdown"),
        ("[returns]\nnode_types = []", "returns.node_types"),
        ("[returns]\nfinal_sale = [1]", "returns.final_sale"),
    ],
)
def test_a_rule_that_makes_no_sense_is_a_fault_at_its_key(table: str, key: str) -> None:
    _, faults = parse_policy(f"name = 'eu'\ncurrency = 'EUR'\n{table}\n")
    assert [fault.column for fault in faults] == [key]
