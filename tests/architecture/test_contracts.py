"""The architecture file holds on the real tree, and each contract in it still bites."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / ".importlinter"
RUN = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# contract, {module below src/quartermaster: what it says}
Planted = tuple[str, dict[str, str]]
PLANTED: tuple[Planted, ...] = (
    ("directions", {"core/planted.py": "import quartermaster.store"}),
    ("directions", {"store/people/planted.py": "import quartermaster.usecases"}),
    ("directions", {"usecases/planted.py": "import quartermaster.adapters"}),
    ("directions", {"adapters/planted.py": "import quartermaster.interfaces"}),
    ("directions", {"interfaces/api/planted.py": "import quartermaster.adapters"}),
    ("directions", {"interfaces/cli/planted.py": "import quartermaster.conf"}),
    ("directions", {"planted/__init__.py": ""}),
    ("directions", {"conf/planted.py": "import quartermaster.client"}),
    ("directions", {"interfaces/cli/planted.py": "import quartermaster.client"}),
    ("interfaces", {"interfaces/api/planted.py": "import quartermaster.interfaces.cli"}),
    (
        "interfaces",
        {
            "interfaces/planted/__init__.py": "",
            "interfaces/meter/planted.py": "import quartermaster.interfaces.planted",
        },
    ),
    ("domains", {"store/people/planted.py": "import quartermaster.store.ledger"}),
    ("domains", {"store/ledger/planted.py": "import quartermaster.store.catalog"}),
    ("domains", {"store/catalog/planted.py": "import quartermaster.store.metering"}),
    ("domains", {"store/metering/planted.py": "import quartermaster.store.wallets"}),
    ("domains", {"store/planted/__init__.py": ""}),
    ("pure-core", {"core/planted.py": "import django"}),
    ("pure-core", {"core/pricing/planted.py": "from pyarrow import compute"}),
    ("fast-door", {"interfaces/ingest/planted.py": "from django.conf import settings"}),
    ("fast-door", {"interfaces/ingest/planted.py": "import quartermaster.store.metering"}),
    ("fast-door", {"interfaces/ingest/planted.py": "import quartermaster.usecases.usage"}),
    ("fast-door", {"interfaces/ingest/planted.py": "import quartermaster.adapters"}),
    ("client", {"client/planted.py": "import quartermaster.core.money"}),
    ("client", {"client/planted.py": "from django.http import HttpRequest"}),
    ("sandbox", {"core/planted.py": "import payment_sandbox"}),
    ("sandbox", {"adapters/planted.py": "from payment_sandbox import keys"}),
    ("sandbox", {"../payment_sandbox/planted.py": "import quartermaster.core.money"}),
    (
        "acyclic",
        {
            "core/usage/planted.py": "import quartermaster.core.usage.planted_too",
            "core/usage/planted_too.py": "import quartermaster.core.usage.planted",
        },
    ),
)


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter on the `src` of this folder, nothing cached."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--config", str(CONFIG), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "240"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def contract_names() -> dict[str, str]:
    """Each contract's title by its id."""
    config = configparser.ConfigParser()
    config.read(CONFIG)
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): config[section]["name"]
        for section in config.sections()
        if section.startswith(prefix)
    }


def test_the_tree_keeps_every_contract() -> None:
    code, output = lint(ROOT)
    assert code == 0, output
    assert f"{len(contract_names())} kept, 0 broken" in output


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _ in PLANTED} == set(contract_names())


@pytest.mark.parametrize(
    ("contract", "modules"), PLANTED, ids=[f"{name}-{next(iter(m))}" for name, m in PLANTED]
)
def test_a_planted_violation_breaks_its_contract(
    contract: str, modules: dict[str, str], tmp_path: Path
) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    for path, text in modules.items():
        module = tmp_path / "src" / "quartermaster" / path
        module.parent.mkdir(exist_ok=True)
        module.write_text(text)
    code, output = lint(tmp_path)
    assert code == 1, output
    assert f"{contract_names()[contract]} BROKEN" in output
    assert "planted" in output.partition("Broken contracts")[2]
