"""A shop, its nodes and its carriers, as they call the server: what the demo leads orders through their lives with."""

from __future__ import annotations

from typing import Any

from onebox.v1 import fulfillment_service_pb2 as node_pb
from onebox.v1 import life_pb2
from onebox.v1 import order_service_pb2 as order_pb
from onebox.v1 import return_service_pb2 as return_pb
from onebox.v1.fulfillment_service_pb2_grpc import FulfillmentServiceStub
from onebox.v1.order_service_pb2_grpc import OrderServiceStub
from onebox.v1.return_service_pb2_grpc import ReturnServiceStub

from engine.network.network import Network
from engine.routing.order import Order
from server.conversion.fields import money
from server.conversion.words import FULFILMENTS

_APART_S = 900


class Shop:
    """Calls with request ids of its own. ``now`` (UTC seconds) is the time that the server has been told last."""

    def __init__(self, channel: Any, network: Network, now: int) -> None:
        self.network = network
        self.now = now
        self._orders, self._fulfilment = OrderServiceStub(channel), FulfillmentServiceStub(channel)
        self._returns = ReturnServiceStub(channel)
        self._calls = 0

    def take(self, order: Order) -> Any:
        """Captured a while after the last, routed, released; its life."""
        self.now += _APART_S
        life = self.order("CaptureOrder", content=self._content(order))
        self.order("AllocateOrder", order_id=life.order_id)
        return self.order("ReleaseOrder", order_id=life.order_id)

    def order(self, method: str, **fields: Any) -> Any:
        return self._call(self._orders, order_pb, method, {"actor": "shop", **fields}).life

    def node(self, method: str, shipment: Any, **fields: Any) -> Any:
        """The node that has it acts."""
        fields = {"shipment_id": shipment.shipment_id, "actor": shipment.node_id, **fields}
        return self._call(self._fulfilment, node_pb, method, fields)

    def back(self, method: str, **fields: Any) -> Any:
        return self._call(self._returns, return_pb, method, fields).life

    def label_return(self, return_id: str, **fields: Any) -> list[str]:
        """Its tracking numbers."""
        life = self._call(self._fulfilment, node_pb, "LabelReturn", {"return_id": return_id, **fields}).life
        return [number for back in life.returns if back.return_id == return_id for number in back.tracking_numbers]

    def scan(self, number: str, stage: str, time: int, carrier_id: str = "") -> None:
        """It is that time, and the carrier says so of a package."""
        self.now = max(self.now, time)
        scan = {"tracking_number": number, "stage": f"SCAN_STAGE_{stage}", "scan_time": {"seconds": time}}
        request = node_pb.RecordScansRequest(scans=[scan], actor=f"carrier {carrier_id}".strip())
        self._fulfilment.RecordScans(request)

    def label_zpl(self, shipment_id: str) -> bytes:
        """As a label printer takes it."""
        request = node_pb.GetLabelRequest(shipment_id=shipment_id, format=node_pb.LABEL_FORMAT_ZPL)
        return bytes(self._fulfilment.GetLabel(request).document.content)

    def life(self, order_id: str) -> Any:
        return self._orders.GetOrder(order_pb.GetOrderRequest(order_id=order_id)).life

    def shipments(self, order_id: str, state: str) -> list[Any]:
        """The order's shipments that are in a state."""
        wanted = life_pb2.ShipmentState.Value(f"SHIPMENT_STATE_{state}")
        return [shipment for shipment in self.life(order_id).shipments if shipment.state == wanted]

    def timeline(self, order_id: str) -> list[Any]:
        return list(self._orders.GetTimeline(order_pb.GetTimelineRequest(order_id=order_id)).events)

    def _call(self, stub: Any, module: Any, method: str, fields: dict[str, Any]) -> Any:
        self._calls += 1
        request = getattr(module, f"{method}Request")(request_id=f"life-{self._calls}", **fields)
        return getattr(stub, method)(request)

    def _content(self, order: Order) -> dict[str, Any]:
        """The order as a shop would send it. The network's orders say where they go, not to whom: names are made up."""
        currency, number = self.network.policy.currency, order.order_id
        worth = {item.sku: item.unit_value for item in self.network.items}
        content: dict[str, Any] = {
            "channel": order.channel,
            "channel_order_id": f"{number}-life",
            "number": number,
            "order_time": {"seconds": self.now},
            "currency_code": currency,
            "customer_name": f"Customer of {number}",
            "lines": [
                {
                    "line_id": line.line_id,
                    "sku": line.sku,
                    "units": line.units,
                    "gross": money(worth[line.sku] * line.units, currency),
                    "fulfilment": FULFILMENTS.number[line.fulfilment],
                }
                for line in order.lines
            ],
            "payment_state": life_pb2.PAYMENT_STATE_AUTHORISED,
        }
        to = order.destination
        if to is not None:
            content["ship_to"] = {"country": to.country, "postal_code": to.postal_code, "name": f"Customer of {number}"}
            content["ship_to"] |= {"city": "Anytown", "street": ["1 Example Street"]}
        if order.pickup is not None:
            content["pickup_node_id"] = order.pickup.node_id
        return content
