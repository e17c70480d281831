"""Every error Onebox raises on purpose.

    OneboxError
    ├── InvalidInput        the caller's data is wrong: names the field, the value and what was expected
    │   └── NetworkFaults   a network directory or an apply with faults: all of them at once
    ├── NotFound            a route, node, SKU or version that does not exist
    ├── RequestReused       a request id came back with another request
    ├── WrongState          a route, order, shipment or return is not in a state that allows this
    ├── NotReady            no network is loaded yet
    ├── NotInForce          a new network is stored, but this server still decides by another
    ├── LimitReached        more is asked for than this server allows: names the field, the value and the limit
    └── StoreUnavailable    the store does not answer

What could not be shipped is not an error: it is data in the route, with its reason.
"""

from __future__ import annotations

import copyreg
from dataclasses import dataclass
from typing import Any


class OneboxError(Exception):
    """The root of the tree. Goes from process to process whole."""

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault in the caller's data: where, what was given, what was expected."""

    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, got {self.value!r}"


class InvalidInput(OneboxError):
    """The caller's data is wrong."""

    def __init__(self, *faults: FieldFault) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class NetworkFault:
    """One fault in a network: the file, its row (1 is the header; 0 where there is none), column, value, expectation."""

    file: str
    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.row) if self.row else "", self.column) if part)
        return f"{place}: expected {self.expected}, got {self.value!r}"


class NetworkFaults(InvalidInput):
    """Every fault of a network at once."""

    def __init__(self, faults: tuple[NetworkFault, ...]) -> None:
        self.network_faults = faults
        super().__init__(*(FieldFault(f"{f.file}:{f.row}:{f.column}", f.value, f.expected) for f in faults))


class NotFound(OneboxError):
    """There is no such thing."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"no {kind} {name!r}")


class RequestReused(OneboxError):
    """The request id was used before with other content (I5)."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        super().__init__(f"request_id {request_id!r} was used before with another request")


class WrongState(OneboxError):
    """The state of a route (or of another ``kind`` of thing) does not allow this."""

    def __init__(self, name: str, state: str, wanted: str, kind: str = "route") -> None:
        self.name, self.state, self.wanted, self.kind = name, state, wanted, kind
        super().__init__(f"{kind} {name!r} is {state}, so it can't be {wanted}")


class NotReady(OneboxError):
    """No network is loaded yet."""


class NotInForce(OneboxError):
    """A new network is stored, but this server still decides by another."""

    def __init__(self, version: int, still: int, why: str) -> None:
        self.version, self.still, self.why = version, still, why
        now = f"version {still}" if still else "none"
        super().__init__(f"network version {version} is stored but not in force here, {now} is: {why}")


class LimitReached(OneboxError):
    """More is asked for than this server allows."""

    def __init__(self, fault: FieldFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class StoreUnavailable(OneboxError):
    """The store does not answer."""
