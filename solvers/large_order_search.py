"""Plans of a large order at their true cost: a greedy start and a local search over lines and shipments."""

from __future__ import annotations

import numpy as np

from solvers.large_order_bound import Relaxed
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Int64

Loads = dict[int, Int64]
"""The units of each line that each used option takes: option -> int64[L], not all zero."""

_NONE = -1
_TRIALS = 4
"""New shipments tried at true cost in each move that opens one."""
_DEAR = 1 << 50


class Search:
    """The moves and their costs. Each price is asked once; ``calls`` counts them, and ``improve`` stops at its limit."""

    def __init__(self, problem: LargeOrderProblem, relaxed: Relaxed) -> None:
        self.problem = problem
        self.relaxed = relaxed
        self.calls = 0
        self._known: dict[tuple[int, bytes], int] = {}

    def price(self, row: int, units: Int64) -> int:
        key = row, units.tobytes()
        found = self._known.get(key)
        if found is None:
            self.calls += 1
            found = self._known[key] = int(self.problem.price(row, units))
        return found

    def shipment_cost(self, option: int, units: Int64) -> int:
        """True cost of one shipment, 0 for an empty one; ``INFEASIBLE`` where it can't go."""
        if not units.any():
            return 0
        price = self.price(int(self.problem.row[option]), units)
        if price >= INFEASIBLE:
            return INFEASIBLE
        charge = self.problem.split_penalty + self.problem.shipment_weight
        return int(self.problem.fixed[option] + self.problem.unit_cost[option] @ units) + price + charge

    def left_out(self, loads: Loads) -> Int64:
        return self.problem.units - sum(loads.values(), np.zeros_like(self.problem.units))

    def objective(self, loads: Loads) -> int:
        """True objective of the plan; ``INFEASIBLE`` where a shipment can't go or a line may not be left out."""
        left = self.left_out(loads)
        if ((self.problem.backorder_cost >= INFEASIBLE) & (left > 0)).any():
            return INFEASIBLE
        total = int(np.where(left > 0, self.problem.backorder_cost, 0) @ left)
        for option, units in loads.items():
            cost = self.shipment_cost(option, units)
            if cost >= INFEASIBLE:
                return INFEASIBLE
            total += cost
        return total - (self.problem.split_penalty if loads else 0)

    def free(self, loads: Loads, option: int) -> Int64:
        """int64[L]: units of each line that ``option`` could still take, alone, beside ``loads``; whole lines or none."""
        p = self.problem
        stock = p.stock[p.node[option]].copy()
        room = int(p.room[p.capacity[option]])
        for other, units in loads.items():
            if p.node[other] == p.node[option]:
                np.subtract.at(stock, p.sku, units)
            if p.capacity[other] == p.capacity[option]:
                room -= int(units.sum())
        most = np.minimum(np.minimum(stock[p.sku], self.relaxed.most[option]), room)
        return np.where(p.may_divide | (most >= p.units), np.maximum(most, 0), 0)

    def fill(self, loads: Loads, option: int, wanted: Int64) -> Int64:
        """What ``option`` takes of ``wanted``, dearest line to leave first, with what its lines share kept."""
        p = self.problem
        taken = np.zeros_like(wanted)
        trial = dict(loads)
        already = loads.get(option, np.zeros_like(wanted))
        for line in np.argsort(-np.minimum(p.backorder_cost, _DEAR) * wanted, kind="stable").tolist():
            if wanted[line] == 0:
                break
            trial[option] = already + taken
            units = min(int(self.free(trial, option)[line]), int(wanted[line]))
            if units == p.units[line] or (units > 0 and p.may_divide[line]):
                taken[line] += units
        return taken

    def greedy(self, prices: Int64) -> Loads:
        """The option with the greatest worth at ``prices`` ships what it can, again and again; then the lines left over
        go one by one to the shipment, open or new, that takes them cheapest."""
        loads: Loads = {}
        limit = self.problem.max_shipments or self.problem.n_options
        gain = np.maximum(0, prices - self.relaxed.per_unit)
        banned = np.zeros(self.problem.n_options, bool)
        while len(loads) < limit:
            left = self.left_out(loads)
            can = np.minimum(self.relaxed.most, left)
            can = np.where(self.problem.may_divide | (can == self.problem.units), can, 0)
            worth = (gain * can).sum(axis=1) - self.relaxed.opening * 0.9
            worth[banned | ~can.any(axis=1)] = -np.inf
            option = int(np.argmax(worth)) if len(worth) else -1
            if option < 0 or worth[option] <= 0:
                break
            banned[option] = True
            units = self.fill(loads, option, np.where(gain[option] > 0, can[option], 0))
            if units.any() and self.shipment_cost(option, units) < INFEASIBLE:
                loads[option] = units
        for line in np.flatnonzero(self.left_out(loads)).tolist():
            self._place(loads, line, limit)
        return loads

    def _place(self, loads: Loads, line: int, limit: int) -> None:
        """Ship what is left of one line, by the cheapest options in turn, as far as that beats leaving it out."""
        p = self.problem
        linear = self.relaxed.per_unit[:, line] + self.relaxed.opening // np.maximum(1, self.relaxed.most[:, line])
        linear = np.where(self.relaxed.most[:, line] > 0, linear, INFEASIBLE)
        fresh = [j for j in np.argsort(linear, kind="stable")[:8].tolist() if linear[j] < INFEASIBLE]
        while (left := int(self.left_out(loads)[line])) > 0:
            best, best_option, best_units = 0, -1, 0
            for option in [*loads, *(j for j in fresh if j not in loads and len(loads) < limit)]:
                units = min(left, int(self.free(loads, option)[line]))
                if units == 0 or (units < p.units[line] and not p.may_divide[line]):
                    continue
                cost = self._added(loads, option, line, units) - int(p.backorder_cost[line]) * units
                if cost < best:
                    best, best_option, best_units = cost, option, units
            if best_option < 0:
                break
            self._add(loads, best_option, line, best_units)

    def _added(self, loads: Loads, option: int, line: int, units: int) -> int:
        before = loads.get(option, np.zeros_like(self.problem.units))
        after = before.copy()
        after[line] += units
        return self.shipment_cost(option, after) - self.shipment_cost(option, before)

    def _add(self, loads: Loads, option: int, line: int, units: int) -> None:
        after = loads.get(option, np.zeros_like(self.problem.units)).copy()
        after[line] += units
        loads[option] = after
        if not after.any():
            del loads[option]

    def improve(self, loads: Loads, calls: int) -> Loads:
        """Moves that lower the true objective until none does, or ``calls`` more prices were asked."""
        best, value = dict(loads), self.objective(loads)
        last = self.calls + calls
        better = True
        while better and self.calls < last:
            better = False
            for neighbour in (self._replaced, self._dropped, self._moved, self._opened):
                for option in [*sorted(best), _NONE]:
                    if self.calls >= last or (option not in best and (option != _NONE or neighbour != self._opened)):
                        continue
                    trial = neighbour(best, option)
                    trial_value = self.objective(trial)
                    if trial_value < value:
                        best, value, better = trial, trial_value, True
        return best

    def _opened(self, loads: Loads, option: int) -> Loads:
        """A new shipment in place of ``option``, or beside all (``_NONE``): it takes the lines that it ships for less, as
        the linear costs say, and the rest of ``option`` goes where it is cheapest. The best of a few at true cost."""
        p = self.problem
        rest = {other: units for other, units in loads.items() if other != option}
        limit = p.max_shipments or p.n_options
        if len(rest) >= limit:
            return loads
        now = np.zeros(p.n_lines)
        for other, units in rest.items():
            now += self.relaxed.per_unit[other] * units
        orphans = self.left_out(rest)
        if orphans.any():
            elsewhere = np.minimum(p.backorder_cost, _DEAR).astype(float)
            for other in rest:
                able = self.relaxed.most[other] >= p.units
                elsewhere = np.where(able, np.minimum(elsewhere, self.relaxed.per_unit[other]), elsewhere)
            now += elsewhere * orphans
        able = self.relaxed.most >= p.units
        gain = np.where(able, np.maximum(0.0, now - self.relaxed.per_unit * p.units), 0.0)
        worth = gain.sum(axis=1) - self.relaxed.opening
        worth[[*loads]] = -np.inf
        best, best_value = loads, INFEASIBLE
        for fresh in np.argsort(-worth, kind="stable")[:_TRIALS].tolist():
            wanted = np.where(gain[fresh] > 0, p.units, 0)
            if not wanted.any() or fresh in loads:
                continue
            trial = {other: np.where(wanted > 0, 0, units) for other, units in rest.items()}
            trial = {other: units for other, units in trial.items() if units.any()}
            taken = self.fill(trial, fresh, wanted)
            if taken.any():
                trial[fresh] = taken
            for line in np.flatnonzero(self.left_out(trial)).tolist():
                self._place(trial, line, limit)
            value = self.objective(trial)
            if value < best_value:
                best, best_value = trial, value
        return best

    def _replaced(self, loads: Loads, option: int) -> Loads:
        """The whole load goes by the cheapest other option that can take it."""
        rest = {other: units for other, units in loads.items() if other != option}
        units = loads[option]
        able = np.all(self.relaxed.most >= units, axis=1) & ~np.isin(np.arange(self.problem.n_options), list(loads))
        linear = np.where(able, self.relaxed.opening + self.relaxed.per_unit @ units, INFEASIBLE)
        best, best_option = self.shipment_cost(option, units), option
        for other in np.argsort(linear, kind="stable")[:8].tolist():
            if linear[other] >= best:
                break
            if (self.fill(rest, other, units) == units).all():
                cost = self.shipment_cost(other, units)
                if cost < best:
                    best, best_option = cost, other
        return {**rest, best_option: units}

    def _dropped(self, loads: Loads, option: int) -> Loads:
        """The shipment is dropped; its lines go to the others, or where they are cheapest."""
        rest = {other: units for other, units in loads.items() if other != option}
        for line in np.flatnonzero(loads[option]).tolist():
            self._place(rest, line, len(rest))
        return rest

    def _moved(self, loads: Loads, option: int) -> Loads:
        """Each line of the shipment in turn goes to the open shipment that takes all of it for less, if one does."""
        trial = dict(loads)
        for line in np.flatnonzero(loads[option]).tolist():
            units = int(trial[option][line])
            saved = -self._added(trial, option, line, -units)
            best, best_option = saved, -1
            for other in sorted(trial):
                if other != option and int(self.free(trial, other)[line]) >= units:
                    added = self._added(trial, other, line, units)
                    if added < best:
                        best, best_option = added, other
            if best_option >= 0:
                self._add(trial, best_option, line, units)
                self._add(trial, option, line, -units)
                if option not in trial:
                    break
        return trial
