"""How large a thing may grow before it has to be divided."""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import tree

CODE = ("src", "tests", "bench")
MODULE_LINES = 400
FUNCTION_LINES = 60
ENTRY_POINT_LINES = 25
TEMPLATE_LINES = 160
LINE_COLUMNS = 100
FOLDER_CHILDREN = 12
PARAMETERS = 6
COMMAND_PARAMETERS = 10  # a Typer command declares each option as a parameter

COMMAND_DECORATORS = frozenset({"command", "callback"})
ENTRY_DECORATORS = COMMAND_DECORATORS | frozenset(
    {"get", "post", "put", "patch", "delete", "api_operation", "task", "periodic"}
)
ENTRY_FOLDERS = frozenset({"api", "jobs", "cli", "console", "backoffice"})
UNCOUNTED = frozenset({"__init__.py", "README.md", "py.typed"})
WIDE_TEXT = frozenset({".py", ".sql", ".html"})


def long_modules(root: Path) -> list[str]:
    """Python files of more than 400 lines."""
    return [
        f"{module.at(1)}: {lines} lines, limit {MODULE_LINES}"
        for module in tree.modules(root, *CODE)
        if (lines := len(module.text.splitlines())) > MODULE_LINES
    ]


def long_functions(root: Path) -> list[str]:
    """Functions of more than 60 lines, from `def` to the last line."""
    return [
        f"{module.at(node)}: {node.name} has {_lines(node)} lines, limit {FUNCTION_LINES}"
        for module in tree.modules(root, *CODE)
        for node in tree.functions(module)
        if _lines(node) > FUNCTION_LINES
    ]


def long_parameter_lists(root: Path) -> list[str]:
    """Functions of more than 6 parameters (10 for a command of the CLI), self and cls aside."""
    findings = []
    for module in tree.modules(root, *CODE):
        in_cli = _interface(module.path) == "cli"
        for node in tree.functions(module):
            is_command = in_cli and bool(_decorators(node) & COMMAND_DECORATORS)
            limit = COMMAND_PARAMETERS if is_command else PARAMETERS
            if (count := len(_parameters(node))) > limit:
                findings.append(f"{module.at(node)}: {node.name} takes {count}, limit {limit}")
    return findings


def long_entry_points(root: Path) -> list[str]:
    """Views, endpoints, tasks and commands of more than 25 lines."""
    return [
        f"{module.at(node)}: {node.name} has {_lines(node)} lines, limit {ENTRY_POINT_LINES}"
        for module in tree.package(root, "interfaces")
        if _interface(module.path) in ENTRY_FOLDERS
        for node in tree.functions(module)
        if _is_entry_point(node) and _lines(node) > ENTRY_POINT_LINES
    ]


def long_templates(root: Path) -> list[str]:
    """Templates of more than 160 lines."""
    findings = []
    for path in tree.files(root, "src"):
        if path.suffix == ".html" or "templates" in path.parts:
            lines = len((root / path).read_text(encoding="utf-8").splitlines())
            if lines > TEMPLATE_LINES:
                findings.append(f"{path.as_posix()}:1: {lines} lines, limit {TEMPLATE_LINES}")
    return findings


def long_lines(root: Path) -> list[str]:
    """Lines of Python, SQL or HTML wider than 100 columns."""
    return [
        f"{path.as_posix()}:{number}: {len(line)} columns, limit {LINE_COLUMNS}"
        for path in tree.files(root, *CODE)
        if path.suffix in WIDE_TEXT and not tree.is_migration(path)
        for number, line in _numbered(root / path)
        if len(line) > LINE_COLUMNS
    ]


def crowded_folders(root: Path) -> list[str]:
    """Folders of `src` with more than twelve children; a folder of migrations may grow."""
    source = root / "src"
    findings = []
    for folder in [source, *sorted(path for path in source.rglob("*") if path.is_dir())]:
        relative = folder.relative_to(root)
        if tree.is_migration(relative) or any(tree.is_noise(part) for part in relative.parts):
            continue
        names = (child.name for child in folder.iterdir())
        count = sum(name not in UNCOUNTED and not tree.is_noise(name) for name in names)
        if count > FOLDER_CHILDREN:
            findings.append(f"{relative.as_posix()}: {count} children, limit {FOLDER_CHILDREN}")
    return findings


def _lines(node: tree.Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)


def _parameters(node: tree.Function) -> list[str]:
    spec = node.args
    named = [*spec.posonlyargs, *spec.args]
    if named and named[0].arg in {"self", "cls"}:
        named = named[1:]
    stars = [star for star in (spec.vararg, spec.kwarg) if star]
    return [parameter.arg for parameter in (*named, *spec.kwonlyargs, *stars)]


def _decorators(node: tree.Function) -> set[str]:
    return {tree.dotted(each).rpartition(".")[2] for each in node.decorator_list}


def _is_entry_point(node: tree.Function) -> bool:
    return bool(_decorators(node) & ENTRY_DECORATORS) or _parameters(node)[:1] == ["request"]


def _interface(path: Path) -> str:
    """`cli` for anything in src/quartermaster/interfaces/cli; '' outside the interfaces."""
    inside = path.parts[:3] == ("src", "quartermaster", "interfaces") and len(path.parts) > 3
    return Path(path.parts[3]).stem if inside else ""
