"""What happens to an order before and beside its shipments: capture, hold, correction, routing, release, cancelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from engine.capture.captured import Address, CapturedOrder
from engine.capture.captured import PaymentState as ToldState
from engine.capture.routing import routing_order
from engine.errors import WrongState
from engine.inventory.ledger import CapacityClaim
from engine.lifecycle.life import ON_ACCOUNT, Credit, Life, Payment, Shipment, Task, TaskKind
from engine.lifecycle.money import open_total, payment_state
from engine.lifecycle.rules import hold_reason
from engine.lifecycle.shares import coin_micros, of_units
from engine.lifecycle.states import Kind, OrderState, PaymentState, ShipmentState
from engine.lifecycle.step import Step
from engine.network.checks import require
from engine.network.life_rules import HoldRules
from engine.routing.order import Order, PickupAt
from engine.routing.route import Content, Route

_EARLY = (
    OrderState.CAPTURED,
    OrderState.SCHEDULED,
    OrderState.HELD,
    OrderState.BACKORDERED,
    OrderState.ROUTED,
)
_MAY_SHIP = (
    PaymentState.AUTHORISED,
    PaymentState.PARTLY_CAPTURED,
    PaymentState.CAPTURED,
    PaymentState.PARTLY_REFUNDED,
    PaymentState.REFUNDED,
)
_STOPPED_BY_LINE = (ShipmentState.PLANNED, ShipmentState.RELEASED, ShipmentState.ACCEPTED)


def captured(
    order: CapturedOrder,
    now: int,
    actor: str,
    rules: HoldRules,
    not_before: int = 0,
    paid_by: tuple[Credit, ...] = (),
) -> Step:
    """The first step of a life. ``paid_by`` pays for what goes out in exchange. Raises InvalidInput where nothing is left to
    ship."""
    require(order.cancelled_time is None, "cancelled_time", order.cancelled_time, "none: cancelled orders have no life")
    routing_order(order)  # raises where nothing is open
    payment = _credited(order, paid_by) if paid_by else _told_payment(order)
    hold = hold_reason(rules, order)
    life = Life(order, OrderState.CAPTURED, payment, hold=hold, not_before=not_before)
    if payment.state is PaymentState.PENDING:
        task = Task(f"{order.order_id}/T1", TaskKind.AUTHORISE, open_total(order) - payment.credited)
        life = replace(life, payment=replace(payment, tasks=(task,)), numbered=1)
    return Step(life, now, actor, hold, first=True)


def _told_payment(order: CapturedOrder) -> Payment:
    """What the channel says was paid or promised."""
    total, told = open_total(order), order.payment
    reference = told.reference or order.order_id
    if told.state is ToldState.ON_ACCOUNT:
        reference = ON_ACCOUNT + reference
    if told.state in (ToldState.PAID, ToldState.PARTLY_REFUNDED, ToldState.REFUNDED):
        payment = Payment(PaymentState.CAPTURED, reference, captured=total, prepaid=True)
    elif told.state in (ToldState.AUTHORISED, ToldState.ON_ACCOUNT) or total == 0:
        payment = Payment(PaymentState.AUTHORISED, reference, authorised=total)
    else:
        payment = Payment(PaymentState.PENDING)
    return replace(payment, state=payment_state(payment))


def _credited(order: CapturedOrder, paid_by: tuple[Credit, ...]) -> Payment:
    """Paid by what came back; what it costs more is asked for."""
    payment = Payment(PaymentState.PENDING, credits=paid_by)
    payment = replace(payment, prepaid=payment.credited == open_total(order))
    return replace(payment, state=payment_state(payment))


def hold(step: Step, reason: str) -> None:
    """Nothing more is decided or released until it is lifted; units that are held stay held."""
    _require_state(step.life, (*_EARLY, OrderState.RELEASED), "HELD")
    require(bool(reason), "reason", reason, "why it is held")
    step.set(hold=reason)
    step.note("hold", hold=reason)


def lift_hold(step: Step) -> None:
    _require_state(step.life, (OrderState.HELD,), "taken off hold")
    step.note("hold lifted", hold=step.life.hold)
    step.set(hold="", rounds=0)


def correct_address(step: Step, address: Address) -> None:
    """Before any node works on it. Planned shipments are given up: it is routed anew."""
    at_node = [each for each in step.life.active() if each.state is not ShipmentState.PLANNED]
    if step.life.state not in _EARLY or at_node:
        raise WrongState(step.life.order_id, step.life.state.value, "readdressed", "order")
    for shipment in step.life.active():
        step.give_up(shipment, ShipmentState.CANCELLED)
    step.set(order=replace(step.life.order, ship_to=address), routed=False)
    step.note("address corrected", country=address.country, postal_code=address.postal_code)


def cancel(step: Step, units: Mapping[str, int] | None = None) -> None:
    """Units by line, or all that has not left. Units that wait go first, then planned shipments, then those at nodes.

    Of a shipment that is picked only the whole can be stopped, and only by cancelling the order. Raises WrongState where that
    many can't be stopped any more.
    """
    life = step.life
    if units is None:
        wanted = dict(life.waiting())
        for shipment in life.active():
            if shipment.held and shipment.state is not ShipmentState.READY:
                step.give_up(shipment, ShipmentState.CANCELLED)
                _count(wanted, shipment.contents)
        if not wanted:
            raise WrongState(life.order_id, life.state.value, "cancelled", "order")
        if life.payment.declined and not life.payment.captured:  # it need not be paid any more
            step.set(payment=replace(life.payment, declined=""))
        write_off(step, wanted)
        return
    known = {line.line_id for line in life.order.lines if line.open_units}
    for line_id, amount in units.items():
        require(line_id in known, "line_id", line_id, "a line of the order that ships")
        require(amount >= 1, "units", amount, "a count >= 1")
        rest = amount - min(amount, life.waiting().get(line_id, 0))
        for shipment in sorted(life.active(), key=lambda each: each.state is not ShipmentState.PLANNED):
            if rest and shipment.state in _STOPPED_BY_LINE:
                rest -= take_out(step, shipment.shipment_id, {line_id: rest})
        if rest:
            raise WrongState(life.order_id, life.state.value, f"relieved of {amount} of line {line_id}", "order")
    write_off(step, dict(units))


def take_out(step: Step, shipment_id: str, units: Mapping[str, int]) -> int:
    """Units by line leave a shipment that has not left; how many those were. What is left of it goes on."""
    shipment = step.shipment(shipment_id)
    stays, taken = [], 0
    for content in shipment.contents:
        out = min(content.units, units.get(content.line_id, 0))
        taken += out
        if content.units > out:
            stays.append(Content(content.line_id, content.sku, content.units - out))
    if not stays:
        step.give_up(shipment, ShipmentState.CANCELLED)
    elif taken:
        step.shrink(shipment, tuple(stays))
        state = shipment.state.value
        kept = {content.line_id: content.units for content in stays}
        step.tell(Kind.SHIPMENT, shipment_id, state, state, what="lines taken out", units=dict(units), kept=kept)
    return taken


def change_units(step: Step, line_id: str, units: int) -> None:
    """A line is to have so many units, >= 0. Fewer are cancelled; more cost as much each, before anything is released."""
    life = step.life
    line = next((each for each in life.order.lines if each.line_id == line_id and each.open_units), None)
    require(line is not None, "line_id", line_id, "a line of the order that ships")
    assert line is not None
    now = line.open_units - life.cancelled.get(line_id, 0)
    require(units >= 0, "units", units, "a count >= 0")
    if units < now:
        cancel(step, {line_id: now - units})
        return
    require(units > now, "units", units, f"another count than {now}, which it has")
    _require_state(life, _EARLY, "enlarged")
    if life.released or life.payment.captured or life.payment.tasks or life.payment.credits:
        raise WrongState(life.order_id, life.state.value, "enlarged once money has moved", "order")
    coin, total = coin_micros(life.order.currency), line.units + units - now
    amounts = {
        name: of_units(getattr(line, name) * total // line.units, 1, 1, coin) // coin * coin
        for name in ("gross_micros", "discount_micros", "tax_micros")
    }
    larger = replace(line, units=total, **amounts)
    lines = tuple(larger if each is line else each for each in life.order.lines)
    order = replace(life.order, lines=lines, total_micros=None)
    step.set(order=order)
    step.note("units raised", line_id=line_id, units=units)
    more = open_total(order) - life.payment.authorised
    if more > 0:
        task = Task(f"{life.order_id}/T{step.number()}", TaskKind.AUTHORISE, more)
        step.set(payment=replace(step.life.payment, tasks=(*step.life.payment.tasks, task)))


def order_to_route(life: Life, now: int, stores: Mapping[str, str]) -> Order:
    """The units that wait, away from nodes that rejected some. Raises WrongState where nothing may be decided now."""
    waiting = life.waiting()
    if life.hold or not waiting:
        raise WrongState(life.order_id, life.state.value, "routed", "order")
    if life.not_before > now:
        raise WrongState(life.order_id, f"{life.state.value} until {life.not_before}", "routed", "order")
    order = routing_order(life.order, stores)
    lines = tuple(replace(line, units=waiting[line.line_id]) for line in order.lines if line.line_id in waiting)
    stores_used = {each.destination_node or each.node_id for each in life.active() if _is_pickup(each)}
    pickup = PickupAt(node_id=min(stores_used)) if order.pickup is not None and stores_used else order.pickup
    late = True if order.deliver_by is not None and order.deliver_by <= now else order.late_allowed
    time = max(order.order_time, life.not_before)
    return replace(
        order,
        lines=lines,
        order_time=time,
        not_nodes=order.not_nodes | frozenset(life.not_nodes),
        pickup=pickup,
        late_allowed=late,
    )


def _is_pickup(shipment: Shipment) -> bool:
    return bool(shipment.destination_node)


def place(step: Step, route: Route, capacity: Sequence[CapacityClaim]) -> None:
    """The route's shipments become the order's; ``capacity`` is what its reservation holds of days."""
    state = ShipmentState.RELEASED if step.life.released else ShipmentState.PLANNED
    planned = []
    for shipment in route.shipments:
        planned.append(
            Shipment(
                f"{step.life.order_id}/S{step.number()}",
                state,
                shipment.node_id,
                shipment.carrier_id,
                shipment.level,
                shipment.destination_node,
                shipment.ship_day,
                shipment.ship_time,
                shipment.arrival_time,
                shipment.promise_time,
                shipment.contents,
                shipment.packages,
                route.route_id,
                shipment.cost,
            )
        )
    step.set(routed=True, again=0)
    if planned:
        step.adopt(route.route_id, planned, capacity)
    for line in route.unfilled:
        step.note("left out", line_id=line.line_id, units=line.units, reason=line.reason.value, detail=line.detail)


def release(step: Step) -> None:
    """Nodes may work on it: on what is planned, and on what is routed later."""
    life = step.life
    _require_state(life, (OrderState.ROUTED, OrderState.BACKORDERED), "RELEASED")
    asked_for = any(task.kind is TaskKind.AUTHORISE for task in life.payment.tasks) or life.payment.declined
    if life.payment.state not in _MAY_SHIP or asked_for:
        raise WrongState(
            life.order_id, f"{life.state.value}, its payment {life.payment.state.value}", "RELEASED", "order"
        )
    step.set(released=True)
    for shipment in life.active():
        if shipment.state is ShipmentState.PLANNED:
            step.move(shipment, ShipmentState.RELEASED)


def _require_state(life: Life, states: Sequence[OrderState], wanted: str) -> None:
    if life.state not in states:
        raise WrongState(life.order_id, life.state.value, wanted, "order")


def write_off(step: Step, units: Mapping[str, int]) -> None:
    """Units by line that nobody wants or gets any more."""
    cancelled = dict(step.life.cancelled)
    for line_id, amount in units.items():
        cancelled[line_id] = cancelled.get(line_id, 0) + amount
    step.set(cancelled=cancelled)
    step.note("cancelled", units=dict(units))


def _count(units: dict[str, int], contents: Sequence[Content]) -> None:
    for content in contents:
        units[content.line_id] = units.get(content.line_id, 0) + content.units
