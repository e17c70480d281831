"""What the gateway did, told to a life."""

from __future__ import annotations

from msgspec.structs import replace

from engine.errors import WrongState
from engine.lifecycle.life import Payment, Task, TaskKind
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
    payment = replace(_without(step.life.payment, task), declined=why)
    step.set(payment=payment)
    if not step.life.hold:
        step.set(hold=f"payment declined: {why}")


def _without(payment: Payment, task: Task) -> Payment:
    return replace(payment, tasks=tuple(each for each in payment.tasks if each.task_id != task.task_id))


def _tell(step: Step, task: Task, data: dict[str, object], what: str) -> None:
    state = step.life.payment.state.value
    step.tell(Kind.PAYMENT, step.life.order_id, state, state, what=what, task_id=task.task_id, **data)


def ask_again(step: Step) -> None:
    """Raises WrongState where nothing was declined."""
    life = step.life
    payment = life.payment
    if not payment.declined:
        raise WrongState(life.order_id, payment.state.value, "asked again", "order")
    step.set(payment=replace(payment, declined=""))
    if not payment.reference:
        task = Task(f"{life.order_id}/T{step.number()}", TaskKind.AUTHORISE, open_total(life.order))
        step.set(payment=replace(step.life.payment, tasks=(*payment.tasks, task)))
    step.note("payment asked again")
