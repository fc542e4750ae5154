"""The inputs that lie beside the repository and not in it: the one place that may do without them.

`QUARTERMASTER_SHARED` names their folder; without it `<repository>/../shared` is meant. Where an
input is missing its test is left out and says so; under `CI=true` that is an error.
"""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared"


def support_messages() -> Path:
    """The real messages between customers and brands: gzipped CSV, not in time order."""
    return _find("data/support-messages.csv.gz")


def _find(name: str) -> Path:
    path = Path(os.environ.get("QUARTERMASTER_SHARED") or BESIDE) / name
    if path.is_file():
        return path
    missing = f"no shared input {path}: set QUARTERMASTER_SHARED to the folder that holds {name}"
    if os.environ.get("CI", "").lower() == "true":
        raise FileNotFoundError(missing)
    pytest.skip(missing)
