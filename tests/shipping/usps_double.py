"""A local HTTP double of a post's API, with the shapes that the USPS documents for its API version 3: OAuth 2 token, payment
authorisation, prices (shipments/v3/options/search), labels (multipart/form-data), cancellation and tracking."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.shipping.documents.label import label_pdf
from tests.shipping.building import NOW

TRACKED = "9400100000000000000013"
UNKNOWN = "9400100000000000000099"


class Post(ThreadingHTTPServer):
    """What it was asked, and how it is to answer: ``fail`` is a status for the next calls, with the documented error body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.fail: tuple[int, str] | None = None
        self.labels: dict[str, dict[str, Any]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Post

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def _body(self) -> dict[str, Any]:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if "urlencoded" in str(self.headers.get("Content-Type")):
            return {"form": raw}
        found: dict[str, Any] = json.loads(raw) if raw else {}
        return found

    def _say(self, status: int, body: str, kind: str = "application/json") -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _error(self, status: int, code: str, message: str) -> None:
        errors = [{"status": code, "code": code, "title": message, "detail": message, "source": {}}]
        self._say(
            status, json.dumps({"apiVersion": "v3", "error": {"code": code, "message": message, "errors": errors}})
        )

    def _answer(self) -> None:
        body = self._body()
        path = self.path.split("?")[0]
        self.server.asked.append((self.command, path, body))
        if path == "/oauth2/v3/token":
            wanted = {"grant_type": "client_credentials", "client_id": "key"}
            assert all(f"{name}={value}" in body["form"] for name, value in wanted.items())
            self._say(200, json.dumps({"access_token": "T", "token_type": "Bearer", "expires_in": 28799}))
            return
        if self.headers.get("Authorization") != "Bearer T":
            self._error(401, "401", "Unauthorized")
        elif path == "/payments/v3/payment-authorization":
            self._say(200, json.dumps({"paymentAuthorizationToken": "P"}))
        elif self.server.fail is not None:
            status, message = self.server.fail
            self._error(status, str(status), message)
        elif path == "/shipments/v3/options/search":
            self._say(200, json.dumps(_prices(body)))
        elif path == "/labels/v3/label":
            self._label(body)
        elif path.startswith("/labels/v3/label/"):
            number = path.rsplit("/", 1)[1]
            known = self.server.labels.pop(number, None)
            if known is None:
                self._error(404, "404", "The label was not found")
            else:
                self._say(200, json.dumps({"trackingNumber": number, "status": "CANCELED"}))
        elif path == f"/tracking/v3/tracking/{TRACKED}":
            self._say(200, json.dumps(_TRACKING))
        else:
            self._error(404, "404", "Not found")

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def _label(self, body: dict[str, Any]) -> None:
        assert self.headers.get("X-Payment-Authorization-Token") == "P"
        for name in ("toAddress", "fromAddress", "packageDescription", "imageInfo"):
            assert name in body
        number = f"94001000000000000001{len(self.server.asked):02d}"
        self.server.labels[number] = body
        metadata = {
            "labelAddress": body["toAddress"],
            "routingInformation": "420100012345",
            "trackingNumber": number,
            "postage": 9.17,
            "extraServices": [],
            "zone": "05",
            "commitment": {"name": "3 Days", "scheduleDeliveryDate": "2025-11-08"},
            "weightUOM": "lb",
            "weight": body["packageDescription"]["weight"],
            "SKU": "DUXP0XXXXC05030",
        }
        from tests.shipping.test_documents import label

        image = base64.b64encode(label_pdf([label()], NOW)).decode()
        edge = "i2dDLPfnQoWcPKGCBVPCcxnyZzR9lWc"
        self._say(
            200,
            f"--{edge}\r\nContent-Type: application/json\r\n"
            f'Content-Disposition: form-data; name="labelMetadata"\r\n\r\n{json.dumps(metadata)}\r\n'
            f"--{edge}\r\nContent-Type: application/pdf\r\n"
            f'Content-Disposition: form-data; filename="labelImage.pdf"; name="labelImage"\r\n\r\n{image}\r\n--{edge}--\r\n',
            f"multipart/form-data; boundary={edge}",
        )


def _prices(asked: dict[str, Any]) -> dict[str, Any]:
    package = asked["packageDescription"]
    price = {
        "SKU": "DUXP0XXXXC05030",
        "description": "USPS Ground Advantage Nonmachinable Single-piece",
        "priceType": "COMMERCIAL",
        "price": 9.17,
        "weight": package["weight"],
        "dimWeight": 0,
        "fees": [],
        "startDate": "2025-10-05",
        "endDate": "",
        "mailClass": "USPS_GROUND_ADVANTAGE",
        "productName": "USPS Ground Advantage",
        "productDefinition": "",
        "processingCategory": "NONSTANDARD",
        "rateIndicator": "SP",
        "destinationEntryFacilityType": "NONE",
        "zone": "05",
    }
    commitment = {"name": "3 Days", "scheduleDeliveryDate": "2025-11-08", "guaranteedDelivery": False}
    option = {
        "commitment": commitment,
        "totalPrice": 9.17,
        "totalBasePrice": 9.17,
        "rates": [price],
        "extraServices": [],
    }
    shipping = {"mailClass": "USPS_GROUND_ADVANTAGE", "rateOptions": [option]}
    zips = {"originZIPCode": asked["originZIPCode"], "destinationZIPCode": asked["destinationZIPCode"]}
    return {**zips, "pricingOptions": [{"shippingOptions": [shipping], "priceType": "COMMERCIAL"}]}


def _scan(kind: str, stamp: str, code: str, city: str) -> dict[str, Any]:
    where = {"eventCity": city, "eventState": "NY", "eventZIP": "10001", "eventCountry": None}
    return {"eventType": kind, "eventTimestamp": stamp, "eventCode": code, **where, "firm": None, "name": None}


_TRACKING = {
    "destinationCity": "NEW YORK",
    "destinationState": "NY",
    "destinationZIP": "10001",
    "expectedDeliveryTimeStamp": "2025-11-08T20:00:00Z",
    "mailClass": "USPS Ground Advantage",
    "originZIP": "38118",
    "status": "Out for Delivery",
    "statusCategory": "Out for Delivery",
    "trackingNumber": TRACKED,
    "trackingEvents": [
        _scan("Out for Delivery", "2025-11-08T11:10:00Z", "OF", "NEW YORK"),
        _scan("In Transit to Next Facility", "2025-11-07T02:00:00Z", "NT", ""),
        _scan("USPS picked up item", "2025-11-05T22:40:00Z", "03", "MEMPHIS"),
    ],
}


@contextmanager
def running_post() -> Iterator[Post]:
    post = Post()
    thread = threading.Thread(target=post.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield post
    finally:
        post.shutdown()
        post.server_close()
        thread.join()
