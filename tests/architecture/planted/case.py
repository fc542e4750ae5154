"""A planted fault: a small tree, and the places in it that a rule must name."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.architecture import rules

APP = "src/quartermaster"
DOOR = f"{APP}/interfaces"


@dataclass(frozen=True)
class Case:
    """A tree (path: text) and the places, `path:line`, that the rule must name in it, no others."""

    rule: rules.Rule
    tree: dict[str, str]
    found: tuple[str, ...]

    def write(self, root: Path) -> None:
        """Make the tree under root."""
        for path, text in self.tree.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(dedent(text), encoding="utf-8")
