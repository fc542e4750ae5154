"""What must stand beside what: a test by a use case, a page by a model, no test laid aside."""

import ast
from pathlib import Path

from tests.architecture.rules import tree

SHARED_INPUT = Path("tests/shared_input.py")  # the one place that may do without a mounted file
LAID_ASIDE = frozenset({"skip", "skipif", "xfail", "importorskip", "SkipTest", "skipTest"})
LAID_ASIDE |= frozenset({"skipIf", "skipUnless", "expectedFailure"})
RUNNERS = frozenset({"pytest", "mark", "unittest", "self"})


def untested_use_cases(root: Path) -> list[str]:
    """Use cases without `test_<name>.py` somewhere below tests/usecases."""
    tests = {path.name for path in tree.files(root, "tests/usecases")}
    return [
        f"{module.at(1)}: no test_{module.path.name} in tests/usecases"
        for module in tree.package(root, "usecases")
        if _is_use_case(module) and f"test_{module.path.name}" not in tests
    ]


def domains_without_readme(root: Path) -> list[str]:
    """Domains of the store that have models but no README.md."""
    domains = {
        path.parents[-5]
        for path in tree.files(root, "src/quartermaster/store")
        if len(path.parts) > 4 and Path(path.parts[4]).stem == "models"
    }
    return [
        f"{domain.as_posix()}: models without README.md"
        for domain in sorted(domains)
        if not (root / domain / "README.md").is_file()
    ]


def tests_laid_aside(root: Path) -> list[str]:
    """Tests that skip themselves or expect to fail."""
    return [
        f"{module.at(node)}: {name} lays a test aside"
        for module in tree.modules(root, "tests")
        if module.path != SHARED_INPUT
        for node in ast.walk(module.syntax)
        for name in _laid_aside(node)
    ]


def _is_use_case(module: tree.Module) -> bool:
    name = module.path.name
    if name.startswith("_") or name == "ports.py":
        return False
    top = module.syntax.body
    return any(isinstance(n, tree.Function) and not n.name.startswith("_") for n in top)


def _laid_aside(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        owner = tree.dotted(node.value).rpartition(".")[2]
        return [node.attr] if node.attr in LAID_ASIDE and owner in RUNNERS else []
    if isinstance(node, ast.ImportFrom) and node.module in RUNNERS:
        return [alias.name for alias in node.names if alias.name in LAID_ASIDE]
    return []
