"""How much of the source is said twice."""

from collections import defaultdict
from pathlib import Path

from tests.architecture.rules import tree

WINDOW_LINES = 6
SHARE_PERCENT = 2

Place = tuple[Path, int]  # file, line the window begins at


def duplication(root: Path) -> list[str]:
    """The repeated passages of `src`, if more than 2 % of all six-line windows occur elsewhere.

    Both copies count. Whitespace is normalised; imports, comments and blank lines are not looked
    at.
    """
    places: dict[str, list[Place]] = defaultdict(list)
    for module in tree.modules(root, "src"):
        _collect(module, places)
    total = sum(len(found) for found in places.values())
    repeated = {text: found for text, found in places.items() if len(found) > 1}
    count = sum(len(found) for found in repeated.values())
    if count * 100 <= total * SHARE_PERCENT:
        return []
    share = f"{count} of {total} windows are repeated, limit {SHARE_PERCENT} %"
    return [f"{place}: {share}" for place in _passages(repeated)]


def _collect(module: tree.Module, places: dict[str, list[Place]]) -> None:
    lines = _telling_lines(module)
    for start in range(len(lines) - WINDOW_LINES + 1):
        window = lines[start : start + WINDOW_LINES]
        places["\n".join(text for _, text in window)].append((module.path, window[0][0]))


def _telling_lines(module: tree.Module) -> list[tuple[int, str]]:
    skipped = {
        number
        for node in tree.imports(module)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    numbered = enumerate(module.text.splitlines(), start=1)
    squeezed = [(number, " ".join(line.split())) for number, line in numbered]
    return [
        (number, line)
        for number, line in squeezed
        if line and not line.startswith("#") and number not in skipped
    ]


def _passages(repeated: dict[str, list[Place]]) -> list[str]:
    """One `copy:line repeats original:line` for each run of repeated windows, not for each line."""
    passages = []
    previous: tuple[Path, int, Path, int] | None = None
    pairs = [(copy, found[0]) for found in repeated.values() for copy in found[1:]]
    for (copy, line), (origin, origin_line) in sorted(pairs):
        step = (copy, line, origin, origin_line)
        if previous is None or not _continues(previous, step):
            passages.append(f"{copy.as_posix()}:{line}: repeats {origin.as_posix()}:{origin_line}")
        previous = step
    return passages


def _continues(before: tuple[Path, int, Path, int], after: tuple[Path, int, Path, int]) -> bool:
    same_files = before[0] == after[0] and before[2] == after[2]
    return same_files and 0 < after[1] - before[1] <= WINDOW_LINES and after[3] > before[3]
