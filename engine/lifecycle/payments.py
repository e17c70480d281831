"""What the gateway did, told to a life."""

from __future__ import annotations

from msgspec.structs import replace

from engine.errors import WrongState
from engine.lifecycle.life import Credit, Payment, Task, TaskKind
from engine.lifecycle.money import open_total
from engine.lifecycle.states import Kind
from engine.lifecycle.step import Step


def done(step: Step, task: Task, reference: str) -> None:
    """The task took effect; ``reference`` is the payment's now."""
    payment = step.life.payment
    amounts = {"authorised_micros": 0, "captured_micros": 0, "refunded_micros": 0}
    match task.kind:
        case TaskKind.AUTHORISE:
            payment = replace(payment, authorised=payment.authorised + task.micros, reference=reference, declined="")
            amounts["authorised_micros"] = task.micros
        case TaskKind.CAPTURE:
            payment = replace(payment, captured=payment.captured + task.micros)
            amounts["captured_micros"] = task.micros
        case TaskKind.REFUND:
            payment = replace(payment, refunded=payment.refunded + task.micros)
            amounts["refunded_micros"] = task.micros
        case TaskKind.VOID:
            payment = replace(payment, voided=True)
    _tell(step, task, {name: micros for name, micros in amounts.items() if micros}, task.kind.value.lower())
    step.set(payment=_without(payment, task))


def refused(step: Step, task: Task, why: str) -> None:
    """The service said no. Nobody ships what is not paid: the order is held; a refund or void is left to people."""
    _tell(step, task, {"why": why, "micros": task.micros}, f"{task.kind.value.lower()} declined")
    payment = _without(step.life.payment, task)
    if task.kind is TaskKind.REFUND and task.reference:
        payment = replace(payment, credits=_given_back(payment.credits, task))
    step.set(payment=replace(payment, declined=why))
    if not step.life.hold:
        step.set(hold=f"payment declined: {why}")


def _given_back(held: tuple[Credit, ...], task: Task) -> tuple[Credit, ...]:
    """The credit that was to pay it back still has it."""
    return tuple(
        replace(credit, used=credit.used - task.micros) if credit.reference == task.reference else credit
        for credit in held
    )


def _without(payment: Payment, task: Task) -> Payment:
    return replace(payment, tasks=tuple(each for each in payment.tasks if each.task_id != task.task_id))


def _tell(step: Step, task: Task, data: dict[str, object], what: str) -> None:
    state = step.life.payment.state.value
    step.tell(Kind.PAYMENT, step.life.order_id, state, state, what=what, task_id=task.task_id, **data)


def ask_again(step: Step, reference: str = "") -> None:
    """``reference``: of a new payment that the customer made instead; "" for the one that was declined. Raises WrongState
    where nothing was declined, or where another payment already holds some."""
    life = step.life
    payment = life.payment
    if not payment.declined:
        raise WrongState(life.order_id, payment.state.value, "asked again", "order")
    if reference and payment.reference:
        raise WrongState(life.order_id, payment.state.value, "paid by another payment", "order")
    step.set(payment=replace(payment, declined=""))
    if reference:
        step.set(order=replace(life.order, payment=replace(life.order.payment, reference=reference)))
    due = open_total(life.order) - payment.credited - payment.authorised
    if due > 0 and not payment.prepaid and not payment.captured:
        task = Task(f"{life.order_id}/T{step.number()}", TaskKind.AUTHORISE, due)
        step.set(payment=replace(step.life.payment, tasks=(*payment.tasks, task)))
    step.note("payment asked again")
