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

SERVICE = "onebox.v1.RoutingService"


async def serve(response: pb.RouteOrderResponse) -> None:
    async def route_order(request: pb.RouteOrderRequest, context: Any) -> pb.RouteOrderResponse:
        return response

    read, write = pb.RouteOrderRequest.FromString, pb.RouteOrderResponse.SerializeToString
    handler = grpc.unary_unary_rpc_method_handler(route_order, read, write)
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_registered_method_handlers(SERVICE, {"RouteOrder": handler})
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    gc.freeze()
    await server.wait_for_termination()


if __name__ == "__main__":
    gc.set_threshold(20_000, 50, 100)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(pb.RouteOrderResponse.FromString(Path(sys.argv[1]).read_bytes())))
