"""Nothing published names the machine it was written on or the host its packages came from."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import tree

PUBLISHED = ("README.md", "docs", "requirements", "src")

# Put together here so that this file does not hold what it looks for.
HOSTS = (
    "pypi" + ".org",
    "pypi.python" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "ftp.debian" + ".org",
    "security.debian" + ".org",
    "snapshot.debian" + ".org",
)
HOST = re.compile("|".join(map(re.escape, HOSTS)), re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.~}<-])/(?:work|root|(?:home|Users)/[a-z][\w-]*)(?=/|\b)(?!-)")


def registry_hosts(root: Path) -> list[str]:
    """Names of package registries in what is published; clients know where to ask."""
    return [f"{place}: names {found}" for place, found in _found(root, HOST)]


def machine_paths(root: Path) -> list[str]:
    """Absolute paths that exist on one machine only."""
    return [f"{place}: holds {found}" for place, found in _found(root, MACHINE_PATH)]


def _found(root: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    tops = [top for top in PUBLISHED if (root / top).exists()]
    for path in tree.files(root, *tops):
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            for match in pattern.finditer(line):
                yield f"{path.as_posix()}:{number}", match.group()
