"""The ledger's rules, on both ledgers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.errors import InvalidInput, NotFound, RequestReused, WrongState
from engine.inventory.audit import audit
from engine.inventory.ledger import (
    CapacityUse,
    Cell,
    Claim,
    Conflict,
    Ledger,
    Refused,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    Reused,
    StockCount,
    StockDelta,
    Totals,
)
from engine.inventory.sweeper import sweep
from tests.inventory.building import DAY, NOW, a_day, reserve, stock_up


async def atp(ledger: Ledger, sku: str, node_id: str) -> int:
    return next(cell.atp for cell in await ledger.cells([sku]) if cell.node_id == node_id)


async def test_a_reservation_takes_units_and_capacity(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10, safety=2)
    request = reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3, 5, 50),))
    (outcome,) = await ledger.reserve([request], NOW)
    assert isinstance(outcome, Reserved)
    assert outcome.position == await ledger.position()
    assert await ledger.cells(["cup"]) == [Cell("cup", "north", 10, 3, 2, 0)]
    assert await ledger.capacity(DAY, DAY + 1) == [CapacityUse("north", DAY, 1, 3)]
    stored = await ledger.route(request.route_id)
    assert (stored.state, stored.claims, stored.record) == (ReservationState.PENDING, request.claims, request.record)
    assert stored.capacity == request.capacity


async def test_safety_stock_is_never_promised_and_protected_stock_to_vips_alone(ledger: Ledger) -> None:
    """I1."""
    await stock_up(ledger, "cup", "north", 10, safety=2, protected=3)
    plain, vip, beyond = await ledger.reserve(
        [reserve(("cup", "north", 6)), reserve(("cup", "north", 8), vip=True), reserve(("cup", "north", 1), vip=True)],
        NOW,
    )
    assert plain == Conflict((Cell("cup", "north", 10, 0, 2, 3),), (), 2)
    assert isinstance(vip, Reserved)
    assert isinstance(beyond, Conflict)


async def test_lines_are_reserved_all_or_none(ledger: Ledger) -> None:
    """I2: one line short, or capacity short, and nothing is taken."""
    await stock_up(ledger, "cup", "north", 10)
    await stock_up(ledger, "pot", "south", 1)
    before = await ledger.position()
    short_of_stock = reserve(("cup", "north", 3), ("pot", "south", 2), ("lid", "south", 1))
    short_of_capacity = reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3, -1, 2),))
    stock, capacity = await ledger.reserve([short_of_stock, short_of_capacity], NOW)
    assert isinstance(stock, Conflict)
    assert stock.cells == (Cell("pot", "south", 1, 0, 0, 0), Cell("lid", "south", 0, 0, 0, 0))
    assert capacity == Conflict((), (CapacityUse("north", DAY, 0, 0),), before)
    assert await ledger.position() == before
    assert await atp(ledger, "cup", "north") == 10
    assert await ledger.capacity(DAY, DAY) == []
    with pytest.raises(NotFound, match="no route"):
        await ledger.route(short_of_stock.route_id)


async def test_two_claims_on_one_cell_count_together(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 3)
    (outcome,) = await ledger.reserve([reserve(("cup", "north", 2), ("cup", "north", 2))], NOW)
    assert isinstance(outcome, Conflict)
    assert await atp(ledger, "cup", "north") == 3


async def test_an_order_limit_holds_back_the_next_order(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    day = (a_day("north", 1, 1, order_limit=2),)
    outcomes = await ledger.reserve([reserve(("cup", "north", 1), capacity=day) for _ in range(3)], NOW)
    assert [type(outcome) for outcome in outcomes] == [Reserved, Reserved, Conflict]


async def test_the_same_request_gets_the_same_answer_and_one_effect(ledger: Ledger) -> None:
    """I5, also within one batch."""
    await stock_up(ledger, "cup", "north", 10)
    first = reserve(("cup", "north", 3), request_id="once", record=b"\x80first")
    again = reserve(("cup", "north", 3), request_id="once", record=b"second")
    changed = reserve(("cup", "north", 4), request_id="once", fingerprint=b"other")
    outcomes = await ledger.reserve([first, again, changed], NOW)
    assert isinstance(outcomes[0], Reserved)
    assert outcomes[1:] == [Replayed(first.route_id, b"\x80first"), Reused()]
    assert await ledger.reserve([again, changed], NOW + 5) == outcomes[1:]
    assert await atp(ledger, "cup", "north") == 7


async def test_a_resent_reservation_of_ones_own_counts_as_reserved(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 3))
    await ledger.reserve([request], NOW)
    assert await ledger.reserve([request], NOW) == [Reserved(await ledger.position())]
    assert await atp(ledger, "cup", "north") == 7


async def test_a_route_id_is_never_used_twice(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    first, second = reserve(("cup", "north", 1), route_id="same"), reserve(("cup", "north", 1), route_id="same")
    outcomes = await ledger.reserve([first, second], NOW)
    assert [*outcomes[1:], *await ledger.reserve([second], NOW)] == [Reused(), Reused()]
    assert await atp(ledger, "cup", "north") == 9


async def test_a_conflict_may_be_asked_again_under_the_same_request_id(ledger: Ledger) -> None:
    request = reserve(("cup", "north", 1))
    assert isinstance((await ledger.reserve([request], NOW))[0], Conflict)
    await stock_up(ledger, "cup", "north", 1)
    assert isinstance((await ledger.reserve([request], NOW))[0], Reserved)


async def test_many_routes_are_read_at_once_and_one_that_is_not_there_leaves_its_place_empty(ledger: Ledger) -> None:
    asked = [Reserve(f"q{i}", b"f", f"r{i}", (), (), False, 0, bytes((i,)), NOW + 9) for i in range(3)]
    await ledger.reserve(asked, NOW)
    stored = await ledger.routes(["r2", "nothing", "r0"])
    assert [None if one is None else (one.route_id, one.record) for one in stored] == [
        ("r2", b"\2"),
        None,
        ("r0", b"\0"),
    ]
    assert await ledger.routes([]) == []


async def test_a_decision_that_reserves_nothing_is_recorded(ledger: Ledger) -> None:
    request = reserve()
    assert await ledger.reserve([request], NOW) == [Reserved(0)]
    stored = await ledger.route(request.route_id)
    assert (stored.state, stored.record) == (ReservationState.NONE, request.record)
    with pytest.raises(WrongState, match="is NONE"):
        await ledger.confirm("c", request.route_id, NOW)


async def test_confirmed_units_stay_taken_and_do_not_expire(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 3))
    await ledger.reserve([request], NOW)
    assert (await ledger.confirm("c", request.route_id, NOW)).state is ReservationState.CONFIRMED
    assert await ledger.expire(NOW + 86_400) == []
    assert await atp(ledger, "cup", "north") == 7


@pytest.mark.parametrize("confirmed", [False, True])
async def test_released_units_and_capacity_come_back(ledger: Ledger, confirmed: bool) -> None:
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3),))
    await ledger.reserve([request], NOW)
    if confirmed:
        await ledger.confirm("c", request.route_id, NOW)
    assert (await ledger.release("r", request.route_id, NOW)).state is ReservationState.RELEASED
    assert await atp(ledger, "cup", "north") == 10
    assert await ledger.capacity(DAY, DAY) == [CapacityUse("north", DAY, 0, 0)]


async def test_expired_units_come_back_once(ledger: Ledger) -> None:
    """I3: due at its expiry time, not a second before, and not again."""
    await stock_up(ledger, "cup", "north", 10)
    requests = [reserve(("cup", "north", 1), expiry_time=NOW + 60 + n) for n in range(3)]
    await ledger.reserve(requests, NOW)
    assert await ledger.expire(NOW + 59) == []
    assert await ledger.expire(NOW + 62, limit=1) == [requests[0].route_id]
    assert await sweep(ledger, NOW + 62) == 2
    assert await sweep(ledger, NOW + 62) == 0
    assert await atp(ledger, "cup", "north") == 10
    assert (await ledger.route(requests[2].route_id)).state is ReservationState.EXPIRED


async def test_a_reservation_that_is_due_can_no_longer_be_confirmed_though_no_sweeper_came(ledger: Ledger) -> None:
    """I3."""
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 1), expiry_time=NOW + 60)
    await ledger.reserve([request], NOW)
    with pytest.raises(WrongState, match="is EXPIRED, so it can't be CONFIRMED"):
        await ledger.confirm("c", request.route_id, NOW + 60)
    assert await atp(ledger, "cup", "north") == 10
    assert await ledger.expire(NOW + 60) == []


async def test_an_ended_reservation_stays_ended(ledger: Ledger) -> None:
    """I3."""
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 1))
    await ledger.reserve([request], NOW)
    await ledger.release("r", request.route_id, NOW)
    for attempt in (ledger.confirm("c", request.route_id, NOW), ledger.release("r2", request.route_id, NOW)):
        with pytest.raises(WrongState, match="is RELEASED"):
            await attempt
    with pytest.raises(NotFound, match="no route 'nowhere'"):
        await ledger.confirm("c", "nowhere", NOW)


async def test_confirming_twice_is_one_confirmation(ledger: Ledger) -> None:
    """I5: the first answer comes back, whatever happened since."""
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 1))
    await ledger.reserve([request], NOW)
    first = await ledger.confirm("c", request.route_id, NOW)
    await ledger.release("r", request.route_id, NOW)
    assert await ledger.confirm("c", request.route_id, NOW) == first
    assert (await ledger.route(request.route_id)).state is ReservationState.RELEASED
    with pytest.raises(RequestReused):
        await ledger.release("c", request.route_id, NOW)


async def test_a_new_route_replaces_the_old_in_one_step(ledger: Ledger) -> None:
    """The old route's own units are there for the new one; nobody can take them in between."""
    await stock_up(ledger, "cup", "north", 3)
    await stock_up(ledger, "cup", "south", 3)
    day = (a_day("north", 1, 3, order_limit=1),)
    old = reserve(("cup", "north", 3), capacity=day)
    new = reserve(("cup", "north", 1), ("cup", "south", 2), capacity=day, replaces=old.route_id)
    await ledger.reserve([old], NOW)
    assert isinstance((await ledger.reserve([new], NOW))[0], Reserved)
    assert [cell.reserved for cell in await ledger.cells(["cup"])] == [1, 2]
    assert await ledger.capacity(DAY, DAY) == [CapacityUse("north", DAY, 1, 3)]
    assert (await ledger.route(old.route_id)).state is ReservationState.REPLACED
    assert await ledger.reserve([reserve(replaces=old.route_id)], NOW) == [Refused(ReservationState.REPLACED)]
    assert await ledger.reserve([reserve(replaces="nowhere")], NOW) == [Refused(None)]
    assert (await audit(ledger)).faults == ()


async def test_a_replacement_that_does_not_fit_leaves_the_old_route_as_it_was(ledger: Ledger) -> None:
    """I2."""
    await stock_up(ledger, "cup", "north", 3)
    old = reserve(("cup", "north", 2), capacity=(a_day("north", 1, 2),))
    await ledger.reserve([old], NOW)
    before = await ledger.position()
    new = reserve(("cup", "north", 4), capacity=(a_day("north", 1, 4),), replaces=old.route_id)
    assert await ledger.reserve([new], NOW) == [Conflict((Cell("cup", "north", 3, 2, 0, 0),), (), before)]
    assert await ledger.position() == before
    assert (await ledger.route(old.route_id)).state is ReservationState.PENDING
    assert await ledger.expire(old.expiry_time) == [old.route_id]


async def test_an_allocation_is_replaced_by_an_allocation_and_a_hold_by_a_hold(ledger: Ledger) -> None:
    """The swap is one step: there is no moment at which a confirmed order could expire (I3)."""
    await stock_up(ledger, "cup", "north", 3)
    old = reserve(("cup", "north", 2))
    await ledger.reserve([old], NOW)
    too_soon = reserve(("cup", "north", 1), replaces=old.route_id, confirmed=True)
    assert await ledger.reserve([too_soon], NOW) == [Refused(ReservationState.PENDING)]
    await ledger.confirm("c", old.route_id, NOW)
    assert await ledger.reserve([reserve(replaces=old.route_id)], NOW) == [Refused(ReservationState.CONFIRMED)]
    new = reserve(("cup", "north", 1), replaces=old.route_id, confirmed=True)
    assert isinstance((await ledger.reserve([new], NOW))[0], Reserved)
    assert (await ledger.route(new.route_id)).state is ReservationState.CONFIRMED
    assert await ledger.expire(NOW + 86_400) == []
    assert [route.route_id async for block in ledger.live_routes() for route in block] == [new.route_id]
    await ledger.release("r", new.route_id, NOW)
    assert await atp(ledger, "cup", "north") == 3


async def test_a_swap_keeps_what_was_held_though_a_count_has_gone_below_it(ledger: Ledger) -> None:
    """A node that counts less than it promised rejects some lines: the others must stay in the order's hands (I1)."""
    await stock_up(ledger, "cup", "north", 3)
    old = reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3, unit_limit=3),))
    await ledger.reserve([old], NOW)
    await stock_up(ledger, "cup", "north", 1)
    more = reserve(("cup", "north", 4), replaces=old.route_id)
    assert isinstance((await ledger.reserve([more], NOW))[0], Conflict)
    lower = (a_day("north", 1, 2, unit_limit=1),)  # the day's limit has since gone down, too
    new = reserve(("cup", "north", 2), capacity=lower, replaces=old.route_id)
    assert isinstance((await ledger.reserve([new], NOW))[0], Reserved)
    assert await atp(ledger, "cup", "north") == -1
    assert (await audit(ledger)).faults == ()


async def test_the_same_request_decided_again_gets_the_first_record(ledger: Ledger) -> None:
    """I5: also where the second decision, for the same route, was another."""
    await stock_up(ledger, "cup", "north", 3)
    first = reserve(("cup", "north", 2), record=b"first")
    await ledger.reserve([first], NOW)
    again = replace(first, claims=(Claim("cup", "north", 1),), record=b"second")
    assert await ledger.reserve([again], NOW) == [Replayed(first.route_id, b"first")]
    assert await atp(ledger, "cup", "north") == 1


async def test_a_route_made_and_replaced_within_one_batch_ends_replaced(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 3)
    old = reserve(("cup", "north", 3))
    new, late = reserve(("cup", "north", 2), replaces=old.route_id), reserve(replaces=old.route_id)
    outcomes = await ledger.reserve([old, new, late], NOW)
    assert [type(outcome) for outcome in outcomes] == [Reserved, Reserved, Refused]
    assert await ledger.expire(NOW + 86_400) == [new.route_id]
    assert (await ledger.route(old.route_id)).state is ReservationState.REPLACED
    assert await atp(ledger, "cup", "north") == 3


async def test_adjustments_are_all_or_nothing_and_never_cut_into_reserved_units(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 5)
    await ledger.reserve([reserve(("cup", "north", 4))], NOW)
    bad = [StockDelta("pot", "north", 7), StockDelta("cup", "north", -1), StockDelta("cup", "north", -1)]
    with pytest.raises(InvalidInput, match=r"deltas\[2\]\.units: expected 0\.\..* \(4 on hand, 4 reserved\), got '-1'"):
        await ledger.adjust("a", bad, NOW)
    assert await ledger.cells(["pot", "cup"]) == [Cell("cup", "north", 5, 4, 0, 0)]
    with pytest.raises(InvalidInput, match=r"deltas\[0\]\.units"):
        await ledger.adjust("b", [StockDelta("cup", "north", 2_000_000_000)], NOW)
    assert await ledger.adjust("a", bad[:2], NOW) == [
        Cell("pot", "north", 7, 0, 0, 0),
        Cell("cup", "north", 4, 4, 0, 0),
    ]
    assert await ledger.adjust("a", bad[:2], NOW) == [
        Cell("pot", "north", 7, 0, 0, 0),
        Cell("cup", "north", 4, 4, 0, 0),
    ]
    with pytest.raises(RequestReused):
        await ledger.adjust("a", bad[:1], NOW)
    assert await ledger.totals() == Totals(received=12, written_off=1)


async def test_a_count_below_what_is_reserved_is_taken_and_nothing_more_is_promised(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 5)
    await ledger.reserve([reserve(("cup", "north", 4))], NOW)
    counted = await ledger.count("c", [StockCount("cup", "north", 1, NOW + 1)], NOW)
    assert counted == [Cell("cup", "north", 1, 4, 0, 0)]
    assert isinstance((await ledger.reserve([reserve(("cup", "north", 1))], NOW))[0], Conflict)
    assert (await ledger.adjust("a", [StockDelta("cup", "north", 2)], NOW))[0].atp == -1
    assert (await audit(ledger)).faults == ()


async def test_an_older_count_changes_nothing(ledger: Ledger) -> None:
    await ledger.count("c1", [StockCount("cup", "north", 5, NOW, 1, 2)], NOW)
    assert await ledger.count("c2", [StockCount("cup", "north", 9, NOW - 1, 0, 0)], NOW) == [
        Cell("cup", "north", 5, 0, 1, 2)
    ]
    assert await ledger.count("c3", [StockCount("cup", "north", 9, NOW)], NOW) == [Cell("cup", "north", 9, 0, 1, 2)]


async def test_an_old_count_does_not_undo_a_newer_delta_and_a_later_count_has_it(ledger: Ledger) -> None:
    await ledger.count("c1", [StockCount("cup", "north", 10, NOW)], NOW)
    await ledger.adjust("d1", [StockDelta("cup", "north", -3)], NOW + 60)
    assert (await ledger.count("c2", [StockCount("cup", "north", 10, NOW + 30, 4)], NOW + 90))[0].on_hand == 7
    assert (await ledger.count("c3", [StockCount("cup", "north", 6, NOW + 61, 4)], NOW + 90))[0] == Cell(
        "cup", "north", 6, 0, 4, 0
    )


async def test_a_delta_from_before_the_last_count_is_in_it(ledger: Ledger) -> None:
    await ledger.count("c1", [StockCount("cup", "north", 10, NOW)], NOW)
    late = [StockDelta("cup", "north", -3, NOW - 1), StockDelta("pot", "north", 2, NOW - 1)]
    assert [cell.on_hand for cell in await ledger.adjust("d1", late, NOW + 60)] == [10, 2]
    assert (await ledger.adjust("d2", [StockDelta("cup", "north", -3, NOW)], NOW + 60))[0].on_hand == 7
    # It moved when it says, not when it was told of: a count from in between knows of it.
    assert (await ledger.count("c2", [StockCount("cup", "north", 8, NOW + 30)], NOW + 60))[0].on_hand == 8
    assert (await ledger.totals()) == Totals(received=12 + 1, written_off=3)


@pytest.mark.parametrize("name", ["on_hand", "safety_stock", "protected"])
@pytest.mark.parametrize("units", [-1, 2_000_000_001])
async def test_a_count_out_of_range_is_named(ledger: Ledger, name: str, units: int) -> None:
    figures = {"on_hand": 1, "safety_stock": 0, "protected": 0, name: units}
    row = StockCount("cup", "north", as_of_time=NOW, **figures)
    with pytest.raises(InvalidInput, match=rf"counts\[1\]\.{name}: expected a count in 0\.\.2000000000, got '{units}'"):
        await ledger.count("c", [StockCount("pot", "north", 1, NOW), row], NOW)
    assert await ledger.cells(["pot", "cup"]) == []


def test_a_claim_of_no_units_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"claims\.units: expected a count >= 1, got '0'"):
        Claim("cup", "north", 0)


async def test_the_feed_says_what_changed_in_absolute_values(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 5)
    start = await ledger.position()
    assert await ledger.changes(start) == await ledger.changes(start, wait_ms=5)
    await ledger.reserve([reserve(("cup", "north", 1), capacity=(a_day("north", 1, 1),)) for _ in range(3)], NOW)
    await stock_up(ledger, "pot", "south", 2)
    changes = await ledger.changes(start)
    assert changes.cells == (Cell("cup", "north", 5, 3, 0, 0), Cell("pot", "south", 2, 0, 0, 0))
    assert changes.capacity == (CapacityUse("north", DAY, 3, 3),)
    assert (changes.position, changes.lost) == (start + 2, False)
    assert (await ledger.changes(changes.position + 1)).lost


async def test_every_cell_is_listed(ledger: Ledger) -> None:
    for sku, node in (("b", "n2"), ("b", "n1"), ("a", "n9"), ("ünïcode", "nø")):
        await stock_up(ledger, sku, node, 1)
    listed = [cell async for block in ledger.all_cells() for cell in block]
    assert [(cell.sku, cell.node_id) for cell in listed] == [("a", "n9"), ("b", "n1"), ("b", "n2"), ("ünïcode", "nø")]
    assert [cell.node_id for cell in await ledger.cells(["b", "none", "a"])] == ["n1", "n2", "n9"]
