"""Packing lines into cartons: deterministic first fit decreasing by volume (docs/model.md, Packing).

First fit decreasing is Johnson's (1973); here a bin has two dimensions, usable volume and weight, and a carton's usable
volume is a share of the whole, as boxes never fill to the last corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.network.items import Carton, Item, ItemFlag

MAX_PACKAGES = 256
"""The most packages one shipment may have."""

Entry = tuple[Item, int, int]
"""(item, units >= 1, position of the line in its order); the positions of a shipment differ."""

Sides = tuple[int, int, int]
"""Millimetres, shortest first."""


class PackedBox(NamedTuple):
    """One package.

    ``carton_id`` is "" where there is no carton; outer sides; packed weight; the carton's cost in micros; ``contents`` as
    (line position, units).
    """

    carton_id: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    cost: int
    contents: tuple[tuple[int, int], ...]

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm

    @property
    def sides_mm(self) -> Sides:
        return _sides(self)


class _Bin:
    """A carton as the packer sees it."""

    __slots__ = ("carton", "max_weight", "sides", "usable")

    def __init__(self, carton: Carton, fill_bp: int) -> None:
        self.carton = carton
        self.sides = _sides(carton)
        self.usable = carton.volume_mm3 * fill_bp // 10_000
        self.max_weight = carton.max_weight_g

    def holds(self, sides: Sides, volume: int, weight: int) -> bool:
        mine = self.sides
        return (
            volume <= self.usable
            and weight <= self.max_weight
            and sides[0] <= mine[0]
            and sides[1] <= mine[1]
            and sides[2] <= mine[2]
        )

    def close(self, items_weight: int, contents: tuple[tuple[int, int], ...]) -> PackedBox:
        carton = self.carton
        weight = items_weight + carton.tare_g
        return PackedBox(
            carton.carton_id, carton.length_mm, carton.width_mm, carton.height_mm, weight, carton.cost, contents
        )


class _Form:
    """An item as the packer sees it: shared packages when ``shares``, else each unit alone, in ``bin`` or uncartoned."""

    __slots__ = ("bin", "rank", "shares", "sides", "volume", "weight")

    def __init__(self, item: Item, cheapest_first: Sequence[_Bin], largest: _Bin | None) -> None:
        self.sides, self.volume, self.weight = _sides(item), item.volume_mm3, item.weight_g
        self.rank = (-self.volume, -self.weight, item.sku)
        takers = [each for each in cheapest_first if each.holds(self.sides, self.volume, self.weight)]
        self.bin = takers[0] if takers and ItemFlag.OVERSIZE not in item.flags else None
        self.shares = self.bin is not None and largest in takers and ItemFlag.SHIP_ALONE not in item.flags


class _Open:
    """A package still being filled, bounded by the largest carton."""

    __slots__ = ("contents", "sides", "volume", "weight")

    def __init__(self) -> None:
        self.volume = self.weight = 0
        self.sides: Sides = (0, 0, 0)
        self.contents: list[tuple[int, int]] = []

    def put(self, form: _Form, units: int, position: int, bound: _Bin) -> int:
        """Put in as many of ``units`` as fit; how many that were."""
        fit = min(units, (bound.usable - self.volume) // form.volume, (bound.max_weight - self.weight) // form.weight)
        if fit:
            self.volume += fit * form.volume
            self.weight += fit * form.weight
            mine, its = self.sides, form.sides
            self.sides = max(mine[0], its[0]), max(mine[1], its[1]), max(mine[2], its[2])
            self.contents.append((position, fit))
        return fit


class Packer:
    """Packs for one set of cartons, in file order. ``fill_bp`` is the share of a carton's volume used, basis points."""

    def __init__(self, cartons: Sequence[Carton], fill_bp: int) -> None:
        bins = [_Bin(carton, fill_bp) for carton in cartons]
        # max() and sorted() keep file order among equals.
        self._largest = max(bins, key=lambda each: each.carton.volume_mm3, default=None)
        self._cheapest_first = sorted(bins, key=lambda each: (each.carton.cost, each.carton.volume_mm3))
        self._forms: dict[Item, _Form] = {}

    def pack(self, entries: Iterable[Entry]) -> tuple[PackedBox, ...] | None:
        """The packages in the order they were opened, or None above ``MAX_PACKAGES``."""
        lines = [(self._form(item), units, position) for item, units, position in entries]
        lines.sort(key=lambda line: (line[0].rank, line[2]))
        boxes: list[PackedBox | _Open] = []
        shared: list[_Open] = []
        for form, units, position in lines:
            if not form.shares:
                if len(boxes) + units > MAX_PACKAGES:
                    return None
                boxes.extend([_alone(form, position)] * units)
                continue
            assert self._largest is not None  # an item shares only where the largest carton takes it
            left = units
            for box in shared:
                left -= box.put(form, left, position, self._largest)
            while left:
                if len(boxes) == MAX_PACKAGES:
                    return None
                opened = _Open()
                left -= opened.put(form, left, position, self._largest)
                shared.append(opened)
                boxes.append(opened)
        return tuple(self._close(box) if isinstance(box, _Open) else box for box in boxes)

    def _form(self, item: Item) -> _Form:
        form = self._forms.get(item)
        if form is None:
            form = self._forms[item] = _Form(item, self._cheapest_first, self._largest)
        return form

    def _close(self, box: _Open) -> PackedBox:
        """In the cheapest carton that takes all that is in ``box``; the largest always does."""
        fitting = (each for each in self._cheapest_first if each.holds(box.sides, box.volume, box.weight))
        return next(fitting).close(box.weight, tuple(box.contents))


def pack(entries: Iterable[Entry], cartons: Sequence[Carton], fill_bp: int) -> tuple[PackedBox, ...] | None:
    """Pack once; a ``Packer`` packs many times and remembers what it knows of each item."""
    return Packer(cartons, fill_bp).pack(entries)


def _alone(form: _Form, position: int) -> PackedBox:
    contents = ((position, 1),)
    if form.bin is not None:
        return form.bin.close(form.weight, contents)
    height, width, length = form.sides
    return PackedBox("", length, width, height, form.weight, 0, contents)


def _sides(thing: Item | Carton | PackedBox) -> Sides:
    shortest, middle, longest = sorted((thing.length_mm, thing.width_mm, thing.height_mm))
    return shortest, middle, longest
