"""ReturnService: what comes back. Thin: message to value, the desk, value to message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onebox.v1 import return_service_pb2 as pb
from onebox.v1.return_service_pb2_grpc import ReturnServiceServicer

from engine.lifecycle.return_desk import ReturnDesk
from engine.network.checks import require
from server.asking import asked_from
from server.conversion.fields import MAX_ID, identifier
from server.conversion.lives import life_message
from server.conversion.returns import grades_from, wishes_from
from server.inventory_service import Goods

_MAX_RETURN_ID = MAX_ID + 16


class ReturnService(ReturnServiceServicer):
    """See the contract. ``goods`` raises NotReady while there is no network."""

    def __init__(self, desk: ReturnDesk, goods: Callable[[], Goods]) -> None:
        self._desk = desk
        self._goods = goods

    async def AuthoriseReturn(self, request: pb.AuthoriseReturnRequest, context: Any) -> pb.AuthoriseReturnResponse:
        order = (await self._desk.get(identifier(request.order_id, "order_id"))).order
        life = await self._desk.authorise_return(
            order.order_id,
            wishes_from(request.lines, self._goods().skus, order.currency, exchange=request.exchange),
            asked_from(request),
            node_id=self._node(request.node_id),
            drop_off=self._node(request.drop_off_node_id, "drop_off_node_id"),
            exchange=request.exchange,
            refund_shipping=request.refund_shipping,
        )
        return pb.AuthoriseReturnResponse(life=life_message(life))

    async def HandInReturn(self, request: pb.HandInReturnRequest, context: Any) -> pb.HandInReturnResponse:
        store = identifier(request.node_id, "node_id")
        life = await self._desk.hand_in_return(_return_id(request), store, asked_from(request))
        return pb.HandInReturnResponse(life=life_message(life))

    async def ReceiveReturn(self, request: pb.ReceiveReturnRequest, context: Any) -> pb.ReceiveReturnResponse:
        node_id = self._node(request.node_id)
        life = await self._desk.receive_return(_return_id(request), node_id, asked_from(request))
        return pb.ReceiveReturnResponse(life=life_message(life))

    async def GradeReturn(self, request: pb.GradeReturnRequest, context: Any) -> pb.GradeReturnResponse:
        graded = grades_from(request.lines)
        life = await self._desk.grade_return(_return_id(request), graded, asked_from(request))
        return pb.GradeReturnResponse(life=life_message(life))

    async def CancelReturn(self, request: pb.CancelReturnRequest, context: Any) -> pb.CancelReturnResponse:
        life = await self._desk.cancel_return(_return_id(request), asked_from(request))
        return pb.CancelReturnResponse(life=life_message(life))

    def _node(self, node_id: str, field: str = "node_id") -> str:
        require(not node_id or node_id in self._goods().node_ids, field, node_id, "a node of the network")
        return node_id


def _return_id(request: Any) -> str:
    return identifier(request.return_id, "return_id", _MAX_RETURN_ID)
