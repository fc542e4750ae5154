"""Catalogs as YAML files: read with the line of every fault, and written.

Scalars are taken as they are written (`0.18` is no float, `no` is a word). The nodes of PyYAML's
composer are walked here, so that nothing is built from tags, keys that come twice are faults, and
what aliases blow up is bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.emitter import Emitter
from yaml.representer import SafeRepresenter
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

from quartermaster.core.catalog import plain, reading, writing
from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.catalog.plain import Fault
from quartermaster.core.catalog.reading import BadCatalog

MOST_BYTES: Final = 1_000_000
MOST_NODES: Final = 100_000
MOST_DEEP: Final = 20
_HEAD: Final = "# Check with `quartermaster catalog check`, publish with `catalog publish`.\n"


def read(path: Path) -> Catalog:
    """The catalog in a file. Raises: BadCatalog with every fault and its place; OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise BadCatalog([Fault((), f"larger than {MOST_BYTES:,} bytes", path.name)])
    return read_text(path.read_bytes(), path.name)


def example() -> Catalog:
    """The one that is shipped, to be replaced by the operator's own."""
    shipped = resources.files(__package__).joinpath("catalog.yaml")
    return read_text(shipped.read_bytes(), shipped.name)


def read_text(text: bytes, name: str) -> Catalog:
    """The catalog in a file's bytes; `name` is what its faults call the file."""
    tree = _Tree(name)
    try:
        value = tree.value(_compose(text.decode("utf-8-sig")), ())
    except UnicodeDecodeError as no:
        line = text[: no.start].count(b"\n") + 1
        raise BadCatalog([Fault((), "is not UTF-8", f"{name}:{line}")]) from no
    except yaml.reader.ReaderError as no:
        raise BadCatalog([Fault((), f"is not YAML: {no.reason}", name)]) from no
    except yaml.MarkedYAMLError as no:
        line = no.problem_mark.line + 1 if no.problem_mark else 1
        words = " ".join(filter(None, (no.context, no.problem)))
        raise BadCatalog([Fault((), f"is not YAML: {words}", f"{name}:{line}")]) from no
    found, faults = _read(value)
    faults = sorted([*tree.faults, *map(tree.placed, faults)], key=tree.line_of)
    if found is None or faults:
        raise BadCatalog(faults)
    return found


def write(catalog: Catalog) -> str:
    """The catalog as a file, which reads back the same."""
    lines = yaml.dump(
        _words(writing.catalog(catalog)),
        Dumper=_Plain,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    return _HEAD + str(lines)


def _read(value: Any) -> tuple[Catalog | None, list[Fault]]:
    try:
        return reading.catalog(value), []
    except BadCatalog as no:
        return None, no.faults


def _compose(text: str) -> yaml.Node | None:
    """The nodes of the one document; its depth is known to be small before anything recurses."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEEP:
            raise _too_much(f"more than {MOST_DEEP} levels", event.start_mark)
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.BaseLoader)
    return node


def _too_much(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


@dataclass(slots=True)
class _Tree:
    """Nodes as plain values, and on which line each of them stands."""

    name: str
    lines: dict[plain.Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def value(self, node: yaml.Node | None, path: plain.Path) -> Any:
        """Mappings, lists and texts. Raises: MarkedYAMLError where there is too much."""
        if node is None:
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(self.lines) > MOST_NODES or len(path) > MOST_DEEP:
            raise _too_much("more than there may be, by aliases of aliases", node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, (*path, place)) for place, one in enumerate(node.value)]
        return node.value

    def _pairs(self, node: yaml.MappingNode, path: plain.Path) -> Iterator[tuple[str, Any]]:
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(path, "names must be words", f"{self.name}:{line}"))
                continue
            if key.value in seen:
                twice = Fault((*path, key.value), "is there twice", f"{self.name}:{line}")
                self.faults.append(twice)
            seen.add(key.value)
            self.lines[*path, key.value] = line
            yield key.value, self.value(value, (*path, key.value))

    def placed(self, fault: Fault) -> Fault:
        """The fault with the line of what it is about, or of what that would stand in."""
        path = fault.path
        while path and path not in self.lines:
            path = path[:-1]
        return replace(fault, place=f"{self.name}:{self.lines.get(path, 1)}")

    @staticmethod
    def line_of(fault: Fault) -> int:
        """Where it is."""
        return int(fault.place.rpartition(":")[2])


class _Plain(Emitter, Serializer, SafeRepresenter, BaseResolver):
    """Writes texts without quotes wherever they can be read without."""

    def __init__(self, stream: Any, **options: Any) -> None:
        Emitter.__init__(self, stream, width=options["width"], allow_unicode=True)
        Serializer.__init__(self)
        SafeRepresenter.__init__(self, default_flow_style=False, sort_keys=False)
        BaseResolver.__init__(self)

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is referred to."""
        return True


def _words(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _words(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_words(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
