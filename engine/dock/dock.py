"""The dock: packs what was picked and buys its label, prints it again, takes back what is not needed, follows what left.

The desk commits, the carrier acts, and between the two nothing is lost. A label is named in the life before its carrier is
asked for it by that name, so that whoever tries again is given the same one. What was bought for a shipment that somebody
stopped meanwhile is taken back by whoever finds it (``take_back``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.dock.consignments import inbound, outbound, packages_of, return_service
from engine.dock.premises import Premises
from engine.errors import (
    InvalidInput,
    NotFound,
    NotReady,
    OneboxError,
    RequestReused,
    StoreUnavailable,
    WrongState,
)
from engine.lifecycle.asked import Asked, order_of
from engine.lifecycle.desk import Desk
from engine.lifecycle.life import CarrierLabel, Life, Return, Shipment, TakenBack
from engine.lifecycle.marks import LABELS, ON_THE_WAY, parcel
from engine.network.carriers import ServiceLevel
from engine.shipping.carrier import Carrier, CarrierRefused, CarrierUnavailable, Consignment, Label
from engine.shipping.tracking import TrackingEvent

Refused = (CarrierRefused, InvalidInput, NotFound)
"""What a carrier, or what is to be asked of it, says no with: nothing was bought."""


@dataclass(slots=True)
class Dock:
    """See the module.

    Attributes
    ----------
    premises : of the network in force; raises NotReady while there is none.
    carrier_of : the carrier of an id, "" for the shop's own transport; raises NotFound.
    clock : UTC seconds.
    look_s : a carrier is asked so often what it knows of a shipment.
    """

    desk: Desk
    premises: Callable[[], Premises]
    carrier_of: Callable[[str], Carrier]
    clock: Callable[[], int]
    look_s: int = 900

    # Labels

    async def pack(self, shipment_id: str, asked: Asked) -> Life:
        """It is packed, and its carrier gave a label for each package. Picked up at the node, it needs none.

        Raises
        ------
        CarrierRefused, InvalidInput
            No label is to be had; it stays picked.
        CarrierUnavailable
            Try again: what the carrier may have given then is what it gives now.
        """
        answered = await self.desk.answered(order_of(shipment_id), asked)
        if answered is not None:
            return answered
        shipment = _shipment(await self.desk.get(order_of(shipment_id)), shipment_id)
        if shipment.level is ServiceLevel.PICKUP:
            return await self.desk.pack(shipment_id, asked)
        life = await self.desk.ask_label(shipment_id, self._own(asked))
        shipment, premises = _shipment(life, shipment_id), self.premises()
        label = _named(shipment.label)
        packages = packages_of(shipment, premises)
        bought = await self._buy(label, partial(outbound, life, shipment, label, packages, premises), asked)
        try:
            return await self.desk.pack_labelled(shipment_id, packages, bought, asked)
        except WrongState:
            await self.desk.label_unused(bought, self._own(asked))
            raise

    async def label_return(self, return_id: str, asked: Asked) -> Life:
        """The customer gets a label to send goods back with. Raises as ``pack`` does."""
        answered = await self.desk.answered(order_of(return_id), asked)
        if answered is not None:
            return answered
        life, premises = await self.desk.get(order_of(return_id)), self.premises()
        carrier_id, _ = return_service(life, _return(life, return_id), premises)
        life = await self.desk.ask_return_label(return_id, carrier_id, self._own(asked))
        back = _return(life, return_id)
        label = _named(back.label)
        bought = await self._buy(label, partial(inbound, life, back, label, premises), asked)
        try:
            return await self.desk.label_return(return_id, bought, asked)
        except WrongState:
            await self.desk.label_unused(bought, self._own(asked))
            raise

    async def label(self, name: str) -> Label:
        """The label of a shipment or a return, as it was bought. Raises NotFound where it has none."""
        life = await self.desk.get(order_of(name))
        labelled: list[tuple[str, CarrierLabel | None]] = [(each.shipment_id, each.label) for each in life.shipments]
        labelled += [(each.return_id, each.label) for each in life.returns]
        label = next((label for subject_id, label in labelled if subject_id == name), None)
        if label is None or not label.tracking_numbers:
            raise NotFound("label", name)
        return await self.carrier_of(label.carrier_id).bought(label.label_id, self.clock())

    async def _buy(self, label: CarrierLabel, consignment: Callable[[], Consignment], asked: Asked) -> CarrierLabel:
        """The named label with its numbers. Where none is to be had, another may be asked for."""
        try:
            got = await self.carrier_of(label.carrier_id).label(consignment(), self.clock())
        except RequestReused:  # asked for before, and the network has changed since
            await self.desk.label_refused(label, "what it is for has changed", self._own(asked))
            await self.desk.label_unused(label, self._own(asked))
            raise CarrierUnavailable(label.carrier_id, "what was asked for before has changed, ask again") from None
        except Refused as error:
            await self.desk.label_refused(label, str(error), self._own(asked))
            raise
        cost, currency = (0, "") if got.rate is None else (got.rate.cost, got.rate.currency)
        return CarrierLabel(label.label_id, label.carrier_id, label.time, got.tracking_numbers, cost, currency)

    async def take_back(self) -> int:
        """Carriers take back what is not needed any more; how many labels that were. What can't be now is tried again."""
        count = 0
        for order_id in await self.desk.lives.marked(LABELS):
            for each in (await self.desk.get(order_id)).taken_back:
                count += await self._take_back(each)
        return count

    async def _take_back(self, label: TakenBack) -> bool:
        asked = self._by(f"carrier {label.carrier_id}")
        why = ""
        try:
            await self.carrier_of(label.carrier_id).void(label.label_id, self.clock())
        except NotFound:
            if self.clock() <= label.last_time:
                return False
            why = "it was never bought"
        except CarrierRefused as error:
            why = error.detail
        except CarrierUnavailable:
            return False
        await self.desk.label_taken_back(label.label_id, why, asked)
        return not why

    # The way to the customer

    async def scanned(self, told: Sequence[TrackingEvent], actor: str) -> list[str]:
        """Somebody says what happened to packages; the numbers of those that belong to nothing. See ``tracking.py``."""
        by_number: dict[str, list[TrackingEvent]] = {}
        for each in told:
            by_number.setdefault(each.tracking_number, []).append(each)
        unknown = []
        for number, events in by_number.items():
            owners = await self.desk.lives.marked(parcel(number))
            if not owners:
                unknown.append(number)
            for name in owners:
                await self._tell(name, events, actor)
        return unknown

    async def look(self, shipment_id: str) -> Life:
        """Ask the carrier now. Raises CarrierRefused, CarrierUnavailable, NotFound."""
        life = await self.desk.get(order_of(shipment_id))
        shipment = _shipment(life, shipment_id)
        told: Sequence[TrackingEvent] = ()
        if shipment.tracking_numbers:
            told = await self.carrier_of(shipment.carrier_id).track(shipment.tracking_numbers, self.clock())
        return await self._tell(shipment_id, told, f"carrier {shipment.carrier_id}".strip())

    async def look_at_due(self, limit: int = 100) -> int:
        """Ask carriers for what is on its way and was not asked for long; how many shipments. Of several servers one asks. What a
        carrier does not answer for now is looked at by the clock alone: it can be late all the same."""
        due = await self.desk.lives.marked(ON_THE_WAY, self.clock(), limit)
        for shipment_id in due:
            try:
                await self.desk.claim_look(shipment_id, self.clock() + self.look_s, self._by("clock"))
            except WrongState:
                continue
            try:
                await self.look(shipment_id)
            except (StoreUnavailable, NotReady):
                raise
            except OneboxError:
                await self._tell(shipment_id, (), "clock")
        return len(due)

    async def _tell(self, name: str, told: Sequence[TrackingEvent], actor: str) -> Life:
        own = self._by(actor)
        if name.rpartition("/")[2].startswith("R"):
            return await self.desk.track_return(name, told, own)
        return await self.desk.track(name, told, self.clock() + self.look_s, own)

    def _own(self, asked: Asked) -> Asked:
        """A part of what was asked: it may be done again."""
        return Asked(self.desk.new_id(), b"dock", asked.actor, asked.reason)

    def _by(self, actor: str) -> Asked:
        return Asked(self.desk.new_id(), b"dock", actor)


def _shipment(life: Life, shipment_id: str) -> Shipment:
    for each in life.shipments:
        if each.shipment_id == shipment_id:
            return each
    raise NotFound("shipment", shipment_id)


def _return(life: Life, return_id: str) -> Return:
    for each in life.returns:
        if each.return_id == return_id:
            return each
    raise NotFound("return", return_id)


def _named(label: CarrierLabel | None) -> CarrierLabel:
    assert label is not None  # the step before has named it
    return label
