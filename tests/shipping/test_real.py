from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import InvalidInput, NotFound, RequestReused
from engine.inventory.connection import Client
from engine.network.carriers import ServiceLevel
from engine.shipping.carrier import CarrierRefused, CarrierUnavailable, LabelFormat
from engine.shipping.purchases import MemoryPurchases, Purchases, RedisPurchases
from engine.shipping.real import RealCarrier
from engine.shipping.tracking import Stage
from tests.network.sample import at
from tests.shipping.building import BOX, NOW, consignment
from tests.shipping.reading import barcodes_of
from tests.shipping.usps_double import TRACKED, UNKNOWN, Post, running_post

_numbers = itertools.count()


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    from karrio.providers.usps.utils import Settings

    with running_post() as running:
        monkeypatch.setattr(Settings, "server_url", property(lambda _: running.url))
        yield running


@pytest.fixture(params=["memory", "redis"])
def purchases(request: pytest.FixtureRequest) -> Purchases:
    if request.param == "memory":
        return MemoryPurchases()
    client: Client = request.getfixturevalue("client")
    return RedisPurchases(client, f"bought-{next(_numbers)}")


def usps(purchases: Purchases | None = None, **changes: Any) -> RealCarrier:
    account = {"client_id": "key", "client_secret": "secret", "account_number": "1", "CRID": "2", "MID": "3"}
    services = {ServiceLevel.GROUND: "usps_ground_advantage"}
    return RealCarrier("USPS", "usps", account, services, purchases or MemoryPurchases(), **changes)


def bought(post: Post) -> int:
    return sum(path == "/labels/v3/label" for _, path, _ in post.asked)


async def test_a_rate_is_asked_for_in_the_carriers_own_words(post: Post) -> None:
    (rate,) = await usps().rate(consignment(), NOW)
    assert (rate.cost, rate.currency, rate.service) == (9_170_000, "USD", "usps_ground_advantage")
    ((_, _, asked),) = [call for call in post.asked if call[1] == "/shipments/v3/options/search"]
    assert (asked["originZIPCode"], asked["destinationZIPCode"]) == ("38118", "10001-2345")
    assert asked["packageDescription"]["mailClass"] == "USPS_GROUND_ADVANTAGE"
    assert asked["packageDescription"]["weight"] == pytest.approx(BOX.weight_g / 453.592, abs=0.01)
    assert asked["packageDescription"]["mailingDate"] == "2025-11-05"


async def test_a_label_is_bought_once_and_is_the_carriers_own(post: Post, purchases: Purchases) -> None:
    label = await usps(purchases).label(consignment(), NOW)
    assert await usps(purchases).label(consignment(), NOW + 9) == label
    assert bought(post) == 1
    pdf = label.file(LabelFormat.PDF)
    assert pdf is not None
    assert barcodes_of(pdf)
    assert list(post.labels) == list(label.tracking_numbers)
    (asked,) = post.labels.values()
    assert asked["toAddress"]["streetAddress"] == "20 W 34th St"
    assert asked["toAddress"]["secondaryAddress"] == "Apt 12"
    assert asked["toAddress"]["ZIPCode"] == "10001"
    with pytest.raises(RequestReused):
        await usps(purchases).label(consignment(parcels=(BOX, BOX)), NOW)


async def test_a_label_is_voided_at_the_carrier_once(post: Post, purchases: Purchases) -> None:
    carrier = usps(purchases)
    await carrier.label(consignment(), NOW)
    await carrier.void("S-1", NOW)
    await carrier.void("S-1", NOW)
    assert post.labels == {}
    assert [method for method, *_ in post.asked].count("DELETE") == 1
    with pytest.raises(CarrierRefused, match="voided"):
        await carrier.label(consignment(), NOW)
    with pytest.raises(NotFound):
        await carrier.void("S-9", NOW)


async def test_its_scans_are_ours(post: Post) -> None:
    events = await usps().track([TRACKED], at("2025-11-08T12:00"))
    assert [(event.time, event.stage) for event in events] == [
        (at("2025-11-05T22:40"), Stage.ACCEPTED),
        (at("2025-11-07T02:00"), Stage.IN_TRANSIT),
        (at("2025-11-08T11:10"), Stage.OUT_FOR_DELIVERY),
    ]
    assert [event.expected_time for event in events] == [None, None, at("2025-11-08T23:59:59")]


async def test_a_package_that_it_does_not_know_has_no_scans(post: Post) -> None:
    assert await usps().track([UNKNOWN], NOW) == ()


async def test_a_refusal_is_told_in_its_words_and_can_be_tried_again_with_other_data(
    post: Post, purchases: Purchases
) -> None:
    post.fail = (400, "The address could not be found")
    with pytest.raises(CarrierRefused, match="The address could not be found"):
        await usps(purchases).label(consignment(), NOW)
    post.fail = None
    assert await usps(purchases).label(consignment(reference="again"), NOW)


async def test_a_fault_of_the_moment_is_no_refusal_and_buys_nothing_twice(post: Post, purchases: Purchases) -> None:
    post.fail = (503, "Service unavailable")
    with pytest.raises(CarrierUnavailable, match="Service unavailable"):
        await usps(purchases).label(consignment(), NOW)
    post.fail = None
    with pytest.raises(CarrierUnavailable, match="look at the carrier's account"):
        await usps(purchases).label(consignment(), NOW)
    assert bought(post) == 1


async def test_a_carrier_that_is_not_there_is_unavailable(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    from karrio.providers.usps.utils import Settings

    monkeypatch.setattr(Settings, "server_url", property(lambda _: "http://127.0.0.1:9"))
    with pytest.raises(CarrierUnavailable):
        await usps().rate(consignment(), NOW)


@pytest.mark.parametrize(
    ("changed", "why"), [({"level": ServiceLevel.OVERNIGHT}, "no service is set up for level OVERNIGHT")]
)
async def test_a_level_without_a_service_is_refused(post: Post, changed: dict[str, Any], why: str) -> None:
    with pytest.raises(CarrierRefused, match=why):
        await usps().label(consignment(**changed), NOW)
    assert post.asked == []


def test_an_adapter_that_is_not_installed_is_named() -> None:
    with pytest.raises(InvalidInput, match="pigeon_post"):
        RealCarrier("P", "pigeon_post", {}, {}, MemoryPurchases())
