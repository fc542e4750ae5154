"""What pages of the documentation show, for tests that work it out again."""

import json
import re
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).resolve().parents[1] / "docs"


def text(name: str) -> str:
    """A page, by its path below docs."""
    return (_DOCS / name).read_text()


def written(name: str) -> Any:
    """The page's only piece of JSON."""
    [found] = re.findall(r"```json\n(.*?)```", text(name), re.DOTALL)
    return json.loads(found)


def table(name: str, first: str) -> list[dict[str, str]]:
    """The rows, by title, of the one table whose head begins so."""
    [found] = [part for part in text(name).split("\n\n") if part.startswith(f"| {first} |")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]
