"""Tables of the page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], best: int = -1, link: str = "") -> str:
    """Columns that start with ``>`` are set right; the first names its row, and leads to ``#link-NAME`` where ``link`` is given;
    row ``best`` stands out."""
    right = [column.startswith(">") for column in columns]
    head = "".join(
        f'<th scope="col"{_class(is_right)}>{escape(column.lstrip(">"))}</th>'
        for column, is_right in zip(columns, right, strict=True)
    )
    body = []
    for number, row in enumerate(rows):
        name = escape(row[0])
        if link:
            name = f'<a href="#{link}-{escape(row[0], quote=True)}">{name}</a>'
        cells = [f'<th scope="row">{name}</th>']
        cells += [
            f"<td{_class(is_right)}>{escape(cell)}</td>" for cell, is_right in zip(row[1:], right[1:], strict=True)
        ]
        start = '<tr class="best">' if number == best else "<tr>"
        body.append(start + "".join(cells) + "</tr>")
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="table"><table>{told}<thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _class(is_right: bool) -> str:
    return ' class="n"' if is_right else ""
