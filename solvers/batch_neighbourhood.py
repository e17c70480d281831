"""Orders that compete with one another: what a large batch is searched by, some hundred of them at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from solvers.problem import Int64

_STEPS = 3


class Rivals:
    """Which orders could take of which rows that have a price.

    ``matrix`` is [rows, columns], ``order`` int64[columns]; only rows where ``priced`` count.
    """

    def __init__(self, matrix: Any, order: Int64, n_orders: int, priced: NDArray[np.bool_]) -> None:
        rows = matrix[np.flatnonzero(priced)].tocoo()
        shape = rows.shape[0], n_orders
        takes = sparse.csr_matrix((np.ones(len(rows.row)), (rows.row, order[rows.col])), shape=shape)
        takes.data[:] = 1.0
        self._by_order = takes.T.tocsr()
        share = 1.0 / np.maximum(1.0, np.asarray(takes.sum(axis=1)).reshape(-1))
        self._by_row = sparse.diags(share) @ takes

    def of(self, seed: int, size: int) -> Int64:
        """The ``size`` orders nearest to ``seed``, itself among them: walks from it by shared rows end there most often."""
        near = np.zeros(self._by_order.shape[0])
        near[seed] = 1.0
        for _ in range(_STEPS):
            near = near + self._by_order @ (self._by_row @ near)
        order = np.lexsort((np.arange(len(near)), -near))[:size]
        return np.sort(order[near[order] > 0])
