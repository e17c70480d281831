from __future__ import annotations

import pytest

from engine.capture.captured import Address
from engine.errors import InvalidInput
from engine.shipping.addresses import address_faults, check_delivers, place_line, printed
from tests.shipping.building import ZOE

KOELN = Address("DE", "50667", "", "Köln", ("Domkloster 4",), "Jürgen Groß", "Dom GmbH")
TOKYO = Address("JP", "100-0001", "東京都", "千代田区", ("千代田1-1",), "山田太郎")


def test_each_country_writes_its_addresses_its_own_way() -> None:
    assert printed(ZOE, "US") == ("Zoë Łukasiewicz", "20 W 34th St", "Apt 12", "NEW YORK, NY 10001-2345")
    assert printed(KOELN, "US") == ("Jürgen Groß", "Dom GmbH", "Domkloster 4", "50667 KÖLN", "GERMANY")
    assert printed(TOKYO)[0] == "〒100-0001"


def test_goods_that_stay_at_home_need_no_name_of_the_country() -> None:
    assert printed(KOELN, "DE")[-1] == "50667 KÖLN"


def test_a_list_has_room_for_one_line() -> None:
    assert place_line(ZOE) == "New York, NY 10001-2345, US"


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (ZOE, []),
        (KOELN, []),
        (Address("US", "1000", "NY", "New York", ("1 Main St",), "A"), ["postal_code"]),
        (Address("US", "", "NY", "New York", ("1 Main St",), "A"), ["postal_code"]),
        (Address("GB", "SW1A 1AA", "", "London", ("10 Downing St",), ""), ["name"]),
        (Address("DE", "50667", "", "", (), "A"), ["city", "street"]),
        (Address("ZZ", "1", "", "Nowhere", ("1",), "A"), ["country"]),
    ],
)
def test_what_keeps_a_carrier_from_going_there_is_named(address: Address, fields: list[str]) -> None:
    assert [fault.field for fault in address_faults(address)] == fields


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": " ", "company": ""}, "name"), ({"street": ("",)}, "street"), ({"city": ""}, "city")],
)
def test_a_label_is_made_for_whole_addresses_only(changed: dict[str, object], field: str) -> None:
    fields = {name: getattr(ZOE, name) for name in ZOE.__struct_fields__} | changed
    with pytest.raises(InvalidInput, match=f"recipient.{field}"):
        check_delivers("recipient", Address(**fields))


def test_a_line_that_is_secretly_two_is_refused() -> None:
    with pytest.raises(InvalidInput, match="printed"):
        check_delivers("recipient", Address("US", "10001", "NY", "New York", ("1 Main\nSt",), "A"))


def test_a_country_that_is_no_more_is_still_printed() -> None:
    assert "Nowhere" in printed(Address("ZZ", "1", "", "Nowhere", ("1 Road",), "A"))
