"""Which module reaches which: imports in the wrong place, modules nobody needs."""

import ast
import sys
from collections.abc import Collection
from pathlib import Path

from tests.architecture.rules import tree

CORE_MAY_IMPORT = sys.stdlib_module_names | {"numpy"}
CORE_MAY_TRY = frozenset({"numba"})  # libraries it does without where they are missing
ENTRY_FILES = frozenset({"__init__.py", "__main__.py", "apps.py", "models.py"})

# Modules that conf names in a string, for Django, Procrastinate or Granian to load. Keep it small.
LOADED_BY_NAME = frozenset({"quartermaster.interfaces.console.tags"})


def imports_inside_functions(root: Path) -> list[str]:
    """Imports that wait for a call."""
    return sorted(
        {
            f"{module.at(node)}: import inside a function"
            for module in tree.modules(root, "src")
            for function in tree.functions(module)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
    )


def outsiders_in_core(root: Path) -> list[str]:
    """Imports of the core other than the standard library, NumPy and the core itself; an optional
    library may be tried."""
    return [
        f"{module.at(node)}: core imports {name}"
        for module in tree.package(root, "core")
        for tried in [_tried(module)]
        for node in tree.imports(module)
        for name in _needed(module, node)
        if name.split(".")[0] not in CORE_MAY_IMPORT
        and not (node in tried and name.split(".")[0] in CORE_MAY_TRY)
        and not f"{name}.".startswith("quartermaster.core.")
    ]


def orphan_modules(root: Path, loaded: Collection[str] = LOADED_BY_NAME) -> list[str]:
    """Modules no other module of `src` imports; entry points and those loaded by name aside."""
    reached = _reached(root)
    return [
        f"{module.at(1)}: nobody imports {module.name}"
        for module in tree.modules(root, "src")
        if module.name not in reached | set(loaded) and not _is_entry(module.path)
    ]


def stale_allowances(root: Path, loaded: Collection[str] = LOADED_BY_NAME) -> list[str]:
    """Allowed orphans that are gone, are imported by now, or are named nowhere in conf."""
    reached = _reached(root)
    known = {module.name for module in tree.modules(root, "src")}
    named = "\n".join(
        str(text.value) for module in tree.package(root, "conf") for text in tree.strings(module)
    )
    return [
        f"{name}: allowed without need"
        for name in sorted(loaded)
        if name not in known or name in reached or name not in named
    ]


def _tried(module: tree.Module) -> list[ast.stmt]:
    """What stands in a `try` that catches the ImportError."""
    return [
        statement
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Try)
        and any(each.type and tree.dotted(each.type) == "ImportError" for each in node.handlers)
        for statement in node.body
    ]


def _needed(module: tree.Module, node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules an import names; `from quartermaster import x` is judged by x."""
    names = tree.imported(module, node)
    if isinstance(node, ast.Import):
        return names
    return names[1:] if names[0] == "quartermaster" else names[:1]


def _reached(root: Path) -> set[str]:
    reached = set()
    for module in tree.modules(root, "src"):
        for node in tree.imports(module):
            reached |= set(tree.imported(module, node)) - {module.name}
    return reached


def _is_entry(path: Path) -> bool:
    in_conf = path.parts[:3] == ("src", "quartermaster", "conf")
    return in_conf or path.name in ENTRY_FILES or "management" in path.parts
