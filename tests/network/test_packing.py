from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.network.items import Carton, Item, ItemFlag
from engine.network.packing import MAX_PACKAGES, Entry, PackedBox, pack
from tests.network.sample import BOOK, CARTONS, MUG, ROD, SOFA, VASE

FILL = 8_500


def packed(*entries: Entry, cartons: tuple[Carton, ...] = CARTONS, fill_bp: int = FILL) -> tuple[PackedBox, ...]:
    boxes = pack(entries, cartons, fill_bp)
    assert boxes is not None
    return boxes


def test_what_fits_together_travels_in_the_cheapest_carton_that_takes_it_all() -> None:
    (box,) = packed((MUG, 2, 0), (BOOK, 1, 1))
    assert (box.carton_id, box.weight_g, box.cost) == ("M", 1_700, 800_000)
    assert (box.length_mm, box.width_mm, box.height_mm) == (300, 250, 200)
    assert box.contents == ((1, 1), (0, 2))  # the book is the bigger


def test_a_carton_is_filled_to_its_usable_volume_and_not_further() -> None:
    # The largest carton has 60 litres, 51 usable, so 46 mugs of 1.1 litres; 25 kg would be 62.
    first, second = packed((MUG, 47, 0))
    assert first.contents == ((0, 46),)
    assert second.contents == ((0, 1),)
    assert (first.carton_id, second.carton_id) == ("L", "S")


def test_a_carton_is_filled_to_its_weight_and_not_further() -> None:
    anvil = Item("ANVIL", 9_000, 100, 100, 100)
    assert [box.contents for box in packed((anvil, 5, 7))] == [((7, 2),), ((7, 2),), ((7, 1),)]


def test_a_small_item_goes_into_the_first_open_package_with_room() -> None:
    anvil = Item("ANVIL", 9_000, 110, 110, 110)
    pin = Item("PIN", 1_000, 10, 10, 10)
    assert [box.contents for box in packed((pin, 9, 0), (anvil, 3, 1))] == [((1, 2), (0, 7)), ((1, 1), (0, 2))]


def test_each_unit_that_ships_alone_has_a_package_of_its_own() -> None:
    boxes = packed((VASE, 2, 0), (MUG, 1, 1))
    assert [(box.carton_id, box.contents) for box in boxes] == [("M", ((0, 1),)), ("M", ((0, 1),)), ("S", ((1, 1),))]


def test_an_item_that_only_a_smaller_carton_takes_ships_alone_in_it() -> None:
    boxes = packed((ROD, 2, 0))
    assert [(box.carton_id, box.weight_g) for box in boxes] == [("TUBE", 1_200)] * 2


@pytest.mark.parametrize("flags", [frozenset(), frozenset({ItemFlag.SHIP_ALONE})])
def test_what_no_carton_takes_travels_in_its_own_packaging(flags: frozenset[ItemFlag]) -> None:
    sofa = Item("SOFA", SOFA.weight_g, SOFA.length_mm, SOFA.width_mm, SOFA.height_mm, flags=flags)
    (box,) = packed((sofa, 1, 0))
    assert (box.carton_id, box.sides_mm, box.weight_g, box.cost) == ("", (800, 900, 1_900), 40_000, 0)


def test_oversize_items_travel_in_their_own_packaging_though_a_carton_would_take_them() -> None:
    lamp = Item("LAMP", 500, 100, 100, 100, flags=frozenset({ItemFlag.OVERSIZE, ItemFlag.SHIP_ALONE}))
    assert [box.carton_id for box in packed((lamp, 2, 0))] == ["", ""]


def test_without_cartons_every_unit_travels_in_its_own_packaging() -> None:
    assert [box.carton_id for box in packed((MUG, 3, 0), cartons=())] == [""] * 3


def test_cartons_of_equal_cost_go_by_volume_then_by_file_order() -> None:
    big, twin, small = (
        Carton(name, side, 100, 100, 9_000, cost=5) for name, side in (("B", 300), ("T", 200), ("S", 200))
    )
    (box,) = packed((MUG, 1, 0), cartons=(big, twin, small))
    assert box.carton_id == "T"


@pytest.mark.parametrize(("item", "most"), [(VASE, MAX_PACKAGES), (MUG, 46 * MAX_PACKAGES), (SOFA, MAX_PACKAGES)])
def test_a_shipment_has_at_most_256_packages(item: Item, most: int) -> None:
    assert len(packed((item, most, 0))) == MAX_PACKAGES
    assert pack([(item, most + 1, 0)], CARTONS, FILL) is None


def test_a_million_units_are_refused_without_counting_them_one_by_one() -> None:
    assert pack([(VASE, 1_000_000, 0), (MUG, 1_000_000, 1)], CARTONS, FILL) is None


side = st.integers(10, 600)
weight = st.integers(1, 20_000)
flags = st.sampled_from([frozenset(), frozenset(), frozenset({ItemFlag.SHIP_ALONE}), frozenset({ItemFlag.OVERSIZE})])
carton_lists = st.lists(
    st.builds(Carton, st.just("C"), side, side, side, weight, st.integers(0, 500), st.integers(0, 5)), max_size=5
).map(lambda cartons: tuple(Carton(f"C{i}", *_figures(c)) for i, c in enumerate(cartons)))
lines = st.lists(st.tuples(st.tuples(weight, side, side, side, flags), st.integers(1, 30)), min_size=1, max_size=6).map(
    lambda rows: [(Item(f"I{i}", w, a, b, c, flags=f), units, i) for i, ((w, a, b, c, f), units) in enumerate(rows)]
)
fills = st.integers(3_000, 10_000)


def _figures(carton: Carton) -> tuple[int, int, int, int, int, int]:
    sides = carton.length_mm, carton.width_mm, carton.height_mm
    return (*sides, carton.max_weight_g, carton.tare_g, carton.cost)


def _sides(thing: Item | Carton) -> list[int]:
    return sorted((thing.length_mm, thing.width_mm, thing.height_mm))


def _one_by_one(entries: list[Entry], cartons: tuple[Carton, ...], fill_bp: int) -> list[tuple[str, int, Counter[int]]]:
    """docs/model.md's packing again, unit by unit: (carton, weight, units by position) of each package."""
    usable = {carton.carton_id: carton.volume_mm3 * fill_bp // 10_000 for carton in cartons}
    cheapest = sorted(cartons, key=lambda carton: (carton.cost, carton.volume_mm3))
    largest = max(cartons, key=lambda carton: carton.volume_mm3, default=None)

    def takes(carton: Carton, item: Item) -> bool:
        fits = all(a <= b for a, b in zip(_sides(item), _sides(carton), strict=True))
        return fits and item.weight_g <= carton.max_weight_g and item.volume_mm3 <= usable[carton.carton_id]

    def fits_all(carton: Carton, items: list[Item]) -> bool:
        return (
            all(takes(carton, item) for item in items)
            and sum(item.volume_mm3 for item in items) <= usable[carton.carton_id]
            and sum(item.weight_g for item in items) <= carton.max_weight_g
        )

    boxes: list[tuple[str, list[Item], list[int]]] = []
    for item, units, position in sorted(entries, key=lambda e: (-e[0].volume_mm3, -e[0].weight_g, e[0].sku, e[2])):
        takers = [carton for carton in cheapest if takes(carton, item)]
        for _ in range(units):
            if not takers or ItemFlag.OVERSIZE in item.flags:
                boxes.append(("own", [item], [position]))
            elif ItemFlag.SHIP_ALONE in item.flags or largest not in takers:
                boxes.append((takers[0].carton_id, [item], [position]))
            else:
                for kind, items, positions in boxes:
                    if kind == "open" and fits_all(largest, [*items, item]):
                        items.append(item)
                        positions.append(position)
                        break
                else:
                    boxes.append(("open", [item], [position]))
    packages = []
    by_id = {carton.carton_id: carton for carton in cartons}
    for kind, items, positions in boxes:
        name = next(c.carton_id for c in cheapest if fits_all(c, items)) if kind == "open" else kind
        tare = by_id[name].tare_g if name in by_id else 0
        total = sum(item.weight_g for item in items) + tare
        packages.append((name if name in by_id else "", total, Counter(positions)))
    return packages


@settings(max_examples=300)
@given(lines, carton_lists, fills)
def test_filling_by_arithmetic_packs_as_filling_unit_by_unit(
    entries: list[Entry], cartons: tuple[Carton, ...], fill_bp: int
) -> None:
    boxes = pack(entries, cartons, fill_bp)
    expected = _one_by_one(entries, cartons, fill_bp)
    if boxes is None:
        assert len(expected) > MAX_PACKAGES
    else:
        assert [(box.carton_id, box.weight_g, Counter(dict(box.contents))) for box in boxes] == expected


@given(lines, carton_lists, fills, st.randoms(use_true_random=False))
def test_packing_keeps_every_unit_whatever_the_order_of_the_lines(entries, cartons, fill_bp, rng) -> None:  # type: ignore[no-untyped-def]
    boxes = pack(entries, cartons, fill_bp)
    shuffled = rng.sample(entries, len(entries))
    assert pack(shuffled, cartons, fill_bp) == boxes
    if boxes is not None:
        counted: Counter[int] = Counter()
        for box in boxes:
            counted.update(dict(box.contents))
        assert counted == {position: units for _, units, position in entries}


@given(lines, carton_lists, fills)
def test_no_carton_holds_more_than_it_may(entries: list[Entry], cartons: tuple[Carton, ...], fill_bp: int) -> None:
    items = {position: item for item, _, position in entries}
    by_id = {carton.carton_id: carton for carton in cartons}
    for box in pack(entries, cartons, fill_bp) or ():
        if box.carton_id:
            carton = by_id[box.carton_id]
            assert sum(items[p].volume_mm3 * n for p, n in box.contents) * 10_000 <= carton.volume_mm3 * fill_bp
            assert box.weight_g - carton.tare_g <= carton.max_weight_g
            assert all(_sides(items[p])[i] <= box.sides_mm[i] for p, _ in box.contents for i in range(3))
