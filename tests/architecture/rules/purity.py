"""Time enters as an argument and money is whole: no clock, no float below the interfaces."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import tree

CLOCKLESS = ("core", "store", "usecases")
MONEY = ("core/ledger", "core/pricing", "core/money.py", "store/ledger", "store/wallets")

CLOCKS = frozenset(
    {
        ("datetime", "now"),
        ("datetime", "today"),
        ("datetime", "utcnow"),
        ("date", "today"),
        ("time", "time"),
        ("time", "time_ns"),
        ("timezone", "now"),
        ("timezone", "localdate"),
        ("timezone", "localtime"),
        ("functions", "Now"),
    }
)
CLOCK_FIELDS = frozenset({"auto_now", "auto_now_add"})
FLOATS = frozenset({"float", "float16", "float32", "float64", "FloatField"})

SQL_CLOCK = re.compile(
    r"\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|current_timestamp\b|current_date\b|current_time\b|localtimestamp\b)",
    re.IGNORECASE,
)
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def clock_calls(root: Path) -> list[str]:
    """Reads of the clock in core, store or usecases: called, passed on, or asked of a field."""
    return [
        f"{module.at(node)}: reads the clock by {name}"
        for module in tree.package(root, *CLOCKLESS)
        for node, name in _clocks(module)
    ]


def sql_clocks(root: Path) -> list[str]:
    """SQL that asks the server for the time, in files of the store and in strings of Python."""
    findings = [
        f"{path.as_posix()}:{line}: reads the clock by {name}"
        for path in tree.files(root, "src/quartermaster/store")
        if path.suffix == ".sql"
        for line, name in _sql_clocks((root / path).read_text(encoding="utf-8"))
    ]
    for module in tree.package(root, *CLOCKLESS):
        for text in tree.strings(module):
            for line, name in _sql_clocks(str(text.value)):
                findings.append(f"{module.at(text.lineno + line - 1)}: reads the clock by {name}")
    return findings


def floats_on_money(root: Path) -> list[str]:
    """Conversions to floating point where amounts are computed or kept."""
    return [
        f"{module.at(node)}: {tree.dotted(node.func)} on money"
        for module in tree.package(root, *MONEY)
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Call) and tree.dotted(node.func).rpartition(".")[2] in FLOATS
    ]


def _clocks(module: tree.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Attribute) and _is_clock(tree.dotted(node)):
            yield node, tree.dotted(node)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((node, name) for name in names if _is_clock(name))
        elif isinstance(node, ast.keyword) and node.arg in CLOCK_FIELDS:
            yield node.value, node.arg


def _is_clock(name: str) -> bool:
    return tuple(name.split(".")[-2:]) in CLOCKS


def _sql_clocks(sql: str) -> Iterator[tuple[int, str]]:
    """The line within `sql`, counted from one, and the word, of each clock outside comments."""
    blanked = SQL_COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), sql)
    for match in SQL_CLOCK.finditer(blanked):
        yield blanked.count("\n", 0, match.start()) + 1, match.group().rstrip("() \n")
