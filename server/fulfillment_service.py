"""FulfillmentService: what a node does with its shipments. Thin: message to value, the desk, value to message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onebox.v1 import fulfillment_service_pb2 as pb
from onebox.v1.fulfillment_service_pb2_grpc import FulfillmentServiceServicer

from engine.dock.dock import Dock
from engine.network.checks import require
from engine.routing.order import MAX_LINES
from server.asking import asked_from
from server.clock import Clock
from server.conversion.fields import MAX_ID, identifier
from server.conversion.lives import life_message, scans_from, shipment_fields
from server.inventory_service import Goods
from server.order_service import units_from
from server.paper_methods import PaperMethods

MAX_LISTED = 1_000
_LISTED = 100
_MAX_SHIPMENT_ID = MAX_ID + 16


class FulfillmentService(FulfillmentServiceServicer):
    """See the contract. ``goods`` raises NotReady while there is no network."""

    def __init__(self, dock: Dock, papers: PaperMethods, goods: Callable[[], Goods], clock: Clock) -> None:
        self._dock = dock
        self._desk = dock.desk
        self._papers = papers
        self._goods = goods
        self._clock = clock

    async def ListShipments(self, request: pb.ListShipmentsRequest, context: Any) -> pb.ListShipmentsResponse:
        node_id, limit = self._node(request), request.limit or _LISTED
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
        life = await self._dock.pack(_shipment_id(request), asked_from(request))
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

    async def LabelReturn(self, request: pb.LabelReturnRequest, context: Any) -> pb.LabelReturnResponse:
        life = await self._dock.label_return(_return_id(request), asked_from(request))
        return pb.LabelReturnResponse(life=life_message(life))

    async def RecordScans(self, request: pb.RecordScansRequest, context: Any) -> pb.RecordScansResponse:
        actor = identifier(request.actor, "actor") if request.actor else "api"
        scans = scans_from(request.scans)
        self._clock.reached(max(scan.time for scan in scans))
        unknown = await self._dock.scanned(scans, actor)
        return pb.RecordScansResponse(unknown_tracking_numbers=unknown)

    async def TrackShipment(self, request: pb.TrackShipmentRequest, context: Any) -> pb.TrackShipmentResponse:
        return pb.TrackShipmentResponse(life=life_message(await self._dock.look(_shipment_id(request))))

    async def GetLabel(self, request: pb.GetLabelRequest, context: Any) -> pb.GetLabelResponse:
        name = _return_id(request) if request.WhichOneof("subject") == "return_id" else _shipment_id(request)
        return pb.GetLabelResponse(document=await self._papers.label(name, request.format))

    async def GetPackingSlip(self, request: pb.GetPackingSlipRequest, context: Any) -> pb.GetPackingSlipResponse:
        document = await self._papers.packing_slip(_shipment_id(request), request.page_size)
        return pb.GetPackingSlipResponse(document=document)

    async def GetPickList(self, request: pb.GetPickListRequest, context: Any) -> pb.GetPickListResponse:
        ids = [identifier(each, "shipment_ids", _MAX_SHIPMENT_ID) for each in request.shipment_ids]
        require(len(ids) <= MAX_LISTED, "shipment_ids", len(ids), f"at most {MAX_LISTED} shipments")
        document = await self._papers.pick_list(self._node(request), ids, request.page_size)
        return pb.GetPickListResponse(document=document)

    async def GetManifest(self, request: pb.GetManifestRequest, context: Any) -> pb.GetManifestResponse:
        node_id = self._node(request)
        document = await self._papers.manifest(node_id, request.carrier_id, request.day, request.page_size)
        return pb.GetManifestResponse(document=document)

    def _node(self, request: Any) -> str:
        node_id: str = request.node_id
        require(node_id in self._goods().node_ids, "node_id", node_id, "a node of the network")
        return node_id


def _return_id(request: Any) -> str:
    return identifier(request.return_id, "return_id", _MAX_SHIPMENT_ID)


def _shipment_id(request: Any) -> str:
    return identifier(request.shipment_id, "shipment_id", _MAX_SHIPMENT_ID)
