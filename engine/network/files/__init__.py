"""A network as a directory of files that a planner edits in a spreadsheet: docs/network-files.md says what they hold."""

from __future__ import annotations

from pathlib import Path

from engine.errors import NetworkFault, NetworkFaults
from engine.network.files.build import build_network, build_stock
from engine.network.files.policy_batch import unknown_in_batch
from engine.network.files.policy_file import FILE as POLICY
from engine.network.files.policy_file import PolicyFile, read_policy
from engine.network.files.reader import read_csv, without_echoes
from engine.network.files.rules import broken_rules
from engine.network.files.schema import STOCK, FileSchema, schemas
from engine.network.files.table import Table, read_table
from engine.network.files.units import Units
from engine.network.files.writer import write_network
from engine.network.network import Network, StockRow

__all__ = ["check", "load_network", "load_stock", "read_units", "write_network"]


def load_network(directory: Path) -> Network:
    """The network in ``directory``; its stock is read by ``load_stock``.

    Raises
    ------
    NetworkFaults : every fault of every file but stock.csv, at once.
    """
    policy, tables, faults = _read(directory, with_stock=False)
    if faults or policy is None:
        raise NetworkFaults(tuple(faults))
    return build_network(policy, tables)


def load_stock(directory: Path, network: Network) -> tuple[StockRow, ...]:
    """The opening stock in ``directory``, of the nodes and items of ``network``.

    Raises
    ------
    NetworkFaults : every fault of stock.csv, at once.
    """
    table, faults = read_csv(directory / STOCK.file, STOCK)
    if table is not None:
        known = schemas(Units())
        tables = {
            STOCK.file: table,
            "nodes.csv": _names(known["nodes.csv"], "node_id", [node.node_id for node in network.nodes]),
            "items.csv": _names(known["items.csv"], "sku", [item.sku for item in network.items]),
        }
        faults = _ordered([*faults, *broken_rules(tables)])
    if faults or table is None:
        raise NetworkFaults(tuple(faults))
    return build_stock(table)


def check(directory: Path) -> tuple[NetworkFault, ...]:
    """Every fault of the directory, stock.csv too, by file and row; none is a network that loads."""
    return tuple(_read(directory, with_stock=True)[2])


def read_units(directory: Path) -> Units:
    """The units the directory's files are written in. Raises NetworkFaults where policy.toml has a fault."""
    policy, faults = read_policy(directory)
    if faults or policy is None:
        raise NetworkFaults(tuple(faults))
    return policy.units


def _read(directory: Path, with_stock: bool) -> tuple[PolicyFile | None, dict[str, Table], list[NetworkFault]]:
    policy, faults = read_policy(directory)
    tables: dict[str, Table] = {}
    for file, schema in schemas(policy.units if policy else Units()).items():
        if schema is STOCK and not with_stock:
            continue
        if schema.optional and not (directory / file).exists():
            tables[file], _ = read_table(schema, (), {column.name: () for column in schema.columns})
            continue
        table, found = read_csv(directory / file, schema)
        faults += found
        if table is not None:
            tables[file] = table
    if policy is not None:
        faults += unknown_in_batch(policy.policy.batch, tables, POLICY)
    return policy, tables, _ordered([*faults, *broken_rules(tables)])


def _ordered(faults: list[NetworkFault]) -> list[NetworkFault]:
    return sorted(without_echoes(faults), key=lambda fault: (fault.file, fault.row))


def _names(schema: FileSchema, column: str, names: list[str]) -> Table:
    """A table of nothing but names, to be referred to."""
    return Table(schema, [("", 0)] * len(names), {column: names}, {column: list(names)})
