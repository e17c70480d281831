"""Scenario messages to the shape that scenario files have, so that one set of rules checks both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from onebox.v1 import planning_service_pb2 as pb

from engine.errors import FieldFault, InvalidInput, NetworkFault, NetworkFaults
from engine.simulation.scenario_shape import ScenarioShape, parse_scenario, shape_of


def shape_from(message: pb.Scenario, place: str) -> ScenarioShape:
    """Raises NetworkFaults: every fault of it, at ``place``."""
    kind = message.WhichOneof("content")
    if kind is None:
        raise NetworkFaults((NetworkFault(place, 0, "content", "", "toml or changes"),))
    if kind == "toml":
        return parse_scenario(message.toml, place)
    return shape_of(_document(message.changes), place)


def in_message_words(error: NetworkFaults) -> InvalidInput:
    """The faults with the paths that the call's message has."""
    return InvalidInput(
        *(
            FieldFault(f"{each.file}.{each.column}".rstrip("."), each.value, each.expected)
            for each in error.network_faults
        )
    )


def _document(message: Any) -> dict[str, Any]:
    """What is set of a message, as its table in a file: the keys are the same."""
    return {field.name: _value(field, value) for field, value in message.ListFields()}


def _value(field: FieldDescriptor, value: Any) -> Any:
    of = field.message_type
    if of is not None and of.GetOptions().map_entry:
        return dict(value)
    if field.is_repeated:
        return [_one(field, each) for each in value]
    return _one(field, value)


def _one(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type is not None:
        if field.message_type.name == "Money":
            return value.units + Decimal(value.nanos) / 1_000_000_000
        return _document(value)
    if field.enum_type is not None:
        found = field.enum_type.values_by_number.get(value)
        unspecified = field.enum_type.values_by_number[0].name
        return str(value) if found is None else found.name.removeprefix(unspecified.removesuffix("UNSPECIFIED"))
    return value
