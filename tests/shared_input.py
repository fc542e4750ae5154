"""What lies beside the repository and not in it: the one place that may do without.

`QUARTERMASTER_SHARED` names the folder of inputs; without it `<repository>/../shared` is meant.
`QUARTERMASTER_CHROMIUM` names a browser; without it Debian's is. Where one is missing its test is
left out and says so; under `CI=true` that is an error.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared"


def support_messages() -> Path:
    """The real messages between customers and brands: gzipped CSV, not in time order."""
    return _find("data/support-messages.csv.gz")


def chromium() -> str:
    """The program of the browser."""
    named = os.environ.get("QUARTERMASTER_CHROMIUM") or "chromium"
    if found := shutil.which(named):
        return found
    return _do_without(f"no browser {named}: apt-get install chromium")


def _find(name: str) -> Path:
    path = Path(os.environ.get("QUARTERMASTER_SHARED") or BESIDE) / name
    if path.is_file():
        return path
    words = f"no shared input {path}: set QUARTERMASTER_SHARED to the folder that holds {name}"
    return _do_without(words)


def _do_without(missing: str) -> NoReturn:
    if os.environ.get("CI", "").lower() == "true":
        raise FileNotFoundError(missing)
    pytest.skip(missing)
