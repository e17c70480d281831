"""FulfillmentService: what a node does with its shipments. Thin: message to value, the desk, value to message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onebox.v1 import fulfillment_service_pb2 as pb
from onebox.v1.fulfillment_service_pb2_grpc import FulfillmentServiceServicer

from engine.lifecycle.fulfilment_desk import FulfilmentDesk
from engine.network.checks import require
from engine.routing.order import MAX_LINES
from server.asking import asked_from
from server.conversion.fields import MAX_ID, identifier
from server.conversion.lives import life_message, shipment_fields
from server.inventory_service import Goods
from server.order_service import units_from

MAX_LISTED = 1_000
_LISTED = 100
_MAX_SHIPMENT_ID = MAX_ID + 16


class FulfillmentService(FulfillmentServiceServicer):
    """See the contract. ``goods`` raises NotReady while there is no network."""

    def __init__(self, desk: FulfilmentDesk, goods: Callable[[], Goods]) -> None:
        self._desk = desk
        self._goods = goods

    async def ListShipments(self, request: pb.ListShipmentsRequest, context: Any) -> pb.ListShipmentsResponse:
        node_id, limit = request.node_id, request.limit or _LISTED
        require(node_id in self._goods().node_ids, "node_id", node_id, "a node of the network")
        require(1 <= limit <= MAX_LISTED, "limit", limit, f"a count in 1..{MAX_LISTED}")
        listed = await self._desk.queue(node_id, limit)
        shipments = [
            shipment_fields(life, shipment)
            for life, shipment_id in listed
            for shipment in life.shipments
            if shipment.shipment_id == shipment_id
        ]
        return pb.ListShipmentsResponse(shipments=shipments)

    async def AcceptShipment(self, request: pb.AcceptShipmentRequest, context: Any) -> pb.AcceptShipmentResponse:
        life = await self._desk.accept(_shipment_id(request), asked_from(request))
        return pb.AcceptShipmentResponse(life=life_message(life))

    async def RejectShipment(self, request: pb.RejectShipmentRequest, context: Any) -> pb.RejectShipmentResponse:
        lines = tuple(request.line_ids)
        require(len(lines) <= MAX_LINES, "line_ids", len(lines), f"at most {MAX_LINES} lines")
        life = await self._desk.reject(_shipment_id(request), lines, asked_from(request))
        return pb.RejectShipmentResponse(life=life_message(life))

    async def PickShipment(self, request: pb.PickShipmentRequest, context: Any) -> pb.PickShipmentResponse:
        short = units_from(request.short_lines, "short_lines", least=0)
        life = await self._desk.pick(_shipment_id(request), short, asked_from(request))
        return pb.PickShipmentResponse(life=life_message(life))

    async def PackShipment(self, request: pb.PackShipmentRequest, context: Any) -> pb.PackShipmentResponse:
        life = await self._desk.pack(_shipment_id(request), asked_from(request))
        return pb.PackShipmentResponse(life=life_message(life))

    async def ShipShipment(self, request: pb.ShipShipmentRequest, context: Any) -> pb.ShipShipmentResponse:
        number = request.tracking_number
        tracking = identifier(number, "tracking_number") if number else ""
        life = await self._desk.ship(_shipment_id(request), tracking, asked_from(request))
        return pb.ShipShipmentResponse(life=life_message(life))

    async def DeliverShipment(self, request: pb.DeliverShipmentRequest, context: Any) -> pb.DeliverShipmentResponse:
        life = await self._desk.deliver(_shipment_id(request), asked_from(request))
        return pb.DeliverShipmentResponse(life=life_message(life))

    async def ReadyShipment(self, request: pb.ReadyShipmentRequest, context: Any) -> pb.ReadyShipmentResponse:
        shipment_id = _shipment_id(request)
        life = await self._desk.ready(shipment_id, asked_from(request))
        code = next(shipment.code for shipment in life.shipments if shipment.shipment_id == shipment_id)
        return pb.ReadyShipmentResponse(life=life_message(life), pickup_code=code)

    async def HandOverShipment(self, request: pb.HandOverShipmentRequest, context: Any) -> pb.HandOverShipmentResponse:
        code = identifier(request.pickup_code, "pickup_code")
        life = await self._desk.hand_over(_shipment_id(request), code, asked_from(request))
        return pb.HandOverShipmentResponse(life=life_message(life))

    async def ReturnNoShow(self, request: pb.ReturnNoShowRequest, context: Any) -> pb.ReturnNoShowResponse:
        life = await self._desk.no_show(_shipment_id(request), asked_from(request))
        return pb.ReturnNoShowResponse(life=life_message(life))


def _shipment_id(request: Any) -> str:
    return identifier(request.shipment_id, "shipment_id", _MAX_SHIPMENT_ID)
