"""What a measurement gives, and how it is shown."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `target` is a lower bound, or an upper one where `is_most`; `limit` is
    what the machine could do at best, in the same unit."""

    name: str
    value: float
    unit: str
    target: float | None = None
    is_most: bool = False
    limit: float | None = None
    note: str = ""

    def is_met(self) -> bool | None:
        """None where nothing was asked."""
        if self.target is None:
            return None
        return self.value <= self.target if self.is_most else self.value >= self.target


def median_seconds(act: Callable[[], object], times: int = 5) -> float:
    """The median of several runs."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def percentile(values: list[float], percent: float) -> float:
    """The value below which so many percent lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def show(figures: list[Figure]) -> None:
    """A table on stdout."""
    table = Table(
        title=f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )
    for title in ("bench", "measured", "target", "limit", "of limit", "met", "note"):
        table.add_column(title, justify="left" if title in ("bench", "note") else "right")
    for one in figures:
        sign = "≤" if one.is_most else "≥"
        table.add_row(
            one.name,
            f"{one.value:,.4g} {one.unit}" if one.value < 1000 else f"{one.value:,.0f} {one.unit}",
            "" if one.target is None else f"{sign} {one.target:,g}",
            "" if one.limit is None else f"{one.limit:,.0f}",
            "" if not one.limit else f"{one.value / one.limit:.0%}",
            {None: "", True: "yes", False: "no"}[one.is_met()],
            one.note,
        )
    Console(width=150).print(table)


def write(figures: list[Figure], path: Path) -> None:
    """The same as JSON."""
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "date": time.strftime("%Y-%m-%d"),
    }
    rows = [asdict(one) | {"met": one.is_met()} for one in figures]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=2))
