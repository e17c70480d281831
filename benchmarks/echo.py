"""A bare echo of RouteOrder: ``python -m benchmarks.echo FILE``.

What any grpc.aio server must do for such a call and nothing else: read a RouteOrderRequest, write a RouteOrderResponse, which
is the one in FILE. On uvloop, with the options and the garbage collector of ``onebox serve``. Prints its port.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

import grpc
import uvloop
from onebox.v1 import routing_service_pb2 as pb
from onebox.v1.routing_service_pb2_grpc import RoutingServiceServicer, add_RoutingServiceServicer_to_server


class Echo(RoutingServiceServicer):
    """Answers every order with the same route."""

    def __init__(self, response: pb.RouteOrderResponse) -> None:
        self._response = response

    async def RouteOrder(self, request: pb.RouteOrderRequest, context: Any) -> pb.RouteOrderResponse:
        return self._response


async def serve(response: pb.RouteOrderResponse) -> None:
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    add_RoutingServiceServicer_to_server(Echo(response), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    gc.freeze()
    await server.wait_for_termination()


if __name__ == "__main__":
    gc.set_threshold(20_000, 50, 100)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(pb.RouteOrderResponse.FromString(Path(sys.argv[1]).read_bytes())))
