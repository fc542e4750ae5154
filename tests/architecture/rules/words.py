"""What things are called, and that each public one says what it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import tree

EMPTY_WORDS = frozenset({"data", "info", "manager", "helper", "util", "handler", "processor"})
EMPTY_WORDS |= frozenset({"item", "record"})
LAYER_WORDS = frozenset({"Service", "View", "Manager", "Controller", "Repository"})
CAMEL_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
SHORT_BODY_LINES = 3
UNDOCUMENTED_CLASSES = frozenset({"Meta"})  # Django's options of a model or form
SILENT_DECORATORS = frozenset({"overload", "setter", "deleter"})


def banned_names(root: Path) -> list[str]:
    """Modules, functions and classes with a word that says nothing; variables are free."""
    return [
        f"{place}: {name} says nothing by '{word}'"
        for module in tree.modules(root, "src")
        for place, name in _named(module)
        for word in _snake_words(name)
        if word in EMPTY_WORDS or word.removesuffix("s") in EMPTY_WORDS
    ]


def layer_suffixes(root: Path) -> list[str]:
    """Classes named after their layer instead of what they are."""
    return [
        f"{module.at(node)}: {node.name} is named after a layer"
        for module in tree.modules(root, "src")
        for node in tree.classes(module)
        if CAMEL_WORD.findall(node.name)[-1:] and CAMEL_WORD.findall(node.name)[-1] in LAYER_WORDS
    ]


def missing_docstrings(root: Path) -> list[str]:
    """Public functions, classes and methods without a docstring.

    A method of a class with bases may be an override or a Protocol's, whose contract stands
    elsewhere or in its signature: it needs one only if its body is longer than three lines.
    """
    return [
        f"{module.at(node)}: {node.name} has no docstring"
        for module in tree.modules(root, "src")
        for node in _documentable(module.syntax.body, in_heir=False)
        if not ast.get_docstring(node)
    ]


def _named(module: tree.Module) -> Iterator[tuple[str, str]]:
    yield module.at(1), module.name.rpartition(".")[2]
    for node in (*tree.functions(module), *tree.classes(module)):
        yield module.at(node), node.name


def _snake_words(name: str) -> list[str]:
    parts = name.split("_")
    return [word.lower() for part in parts for word in CAMEL_WORD.findall(part)]


def _documentable(body: list[ast.stmt], *, in_heir: bool) -> Iterator[tree.Function | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and _is_public(node.name):
            if node.name not in UNDOCUMENTED_CLASSES:
                yield node
                yield from _documentable(node.body, in_heir=bool(node.bases))
        elif isinstance(node, tree.Function) and _is_public(node.name):
            if not _is_silent(node) and not (in_heir and _is_short(node)):
                yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _documentable([*node.body, *node.orelse], in_heir=in_heir)


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def _is_silent(node: tree.Function) -> bool:
    names = {tree.dotted(each).rpartition(".")[2] for each in node.decorator_list}
    return bool(names & SILENT_DECORATORS)


def _is_short(node: tree.Function) -> bool:
    last = node.body[-1]
    return (last.end_lineno or last.lineno) - node.body[0].lineno < SHORT_BODY_LINES
