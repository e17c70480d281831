from pathlib import Path

from server.demo.report import Report


def write_page(report: Report, path: Path) -> None:
    path.write_text("")
