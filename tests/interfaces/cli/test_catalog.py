"""`quartermaster catalog`."""

from pathlib import Path

import pytest

from quartermaster.adapters import catalog_file
from quartermaster.store.catalog import queries
from quartermaster.store.catalog.models import Publication
from tests.catalogs import ESSENTIAL, plan, small
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The small catalog as a file."""
    made = tmp_path / "plans.yaml"
    made.write_text(catalog_file.write(small()))
    return made


def change(file: Path, was: str, becomes: str) -> None:
    """Edits a file."""
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, becomes, 1))


def test_a_good_file(shell: Shell, file: Path) -> None:
    words = shell.text("catalog", "check", file)
    assert words == "plans.yaml is a catalog: 2 plans, 1 add-on, 1 support plan.\n"
    assert not Publication.objects.exists()


@pytest.mark.parametrize("command", ["check", "diff", "publish"])
def test_all_faults_are_told_with_their_lines(shell: Shell, file: Path, command: str) -> None:
    change(file, "currency: USD", "currency: dollars")
    change(file, "monthly: 50.00", "monthly: fifty")
    told = shell.error("catalog", command, file).splitlines()
    line = file.read_text().splitlines().index("    monthly: fifty") + 1
    assert told[0].startswith("plans.yaml:2: currency: must be a currency of three capitals")
    assert told[1].startswith(f"plans.yaml:{line}: plans[0].fee.monthly: must be a number such as")
    assert told[2:] == ["Error: 2 faults (bad_catalog)"]
    assert not Publication.objects.exists()


def test_a_file_that_is_not_there(shell: Shell, tmp_path: Path) -> None:
    done = shell.run("catalog", "check", tmp_path / "none.yaml", columns=400)
    assert done.exit_code == 2
    assert "does not exist" in done.stderr


def test_publishing(shell: Shell, file: Path) -> None:
    assert f"+ {ESSENTIAL} (new)\n" in shell.text("catalog", "diff", file)
    words = shell.text("catalog", "publish", file)
    assert words.endswith("Publication 1 is what is sold now.\n")
    assert f"+ {ESSENTIAL} (new)\n" in words
    assert shell.text("catalog", "diff", file) == "Nothing would change.\n"
    again = shell.text("catalog", "publish", file)
    assert again == "Nothing changes: publication 1 stands.\n"
    change(file, "monthly: 50.00", "monthly: 55")
    told = f"~ {ESSENTIAL} (changed)\n    fee.monthly: 50.00 → 55.00\n"
    assert shell.text("catalog", "diff", file) == told
    assert shell.text("catalog", "publish", file).startswith(told)
    assert [one.number for one in queries.versions_of(ESSENTIAL)] == [1, 2]


def test_what_is_withdrawn_is_told(shell: Shell, file: Path) -> None:
    shell.text("catalog", "publish", file)
    file.write_text(catalog_file.write(small(support=[])))
    assert shell.text("catalog", "diff", file) == "- support/basic (withdrawn)\n"


def test_changes_for_programs(shell: Shell, file: Path) -> None:
    shell.text("catalog", "publish", file)
    change(file, "monthly: 50.00", "monthly: 55")
    difference = {"field": "fee.monthly", "before": "50.00", "after": "55.00"}
    changes = [{"key": ESSENTIAL, "what": "changed", "differences": [difference]}]
    assert shell.json("catalog", "diff", file) == {"changes": changes}
    assert shell.json("catalog", "publish", file) == {"publication": 2, "changes": changes}
    assert shell.json("catalog", "publish", file) == {"publication": 2, "changes": []}


def test_what_is_exported_is_what_was_published(shell: Shell, file: Path) -> None:
    shell.text("catalog", "publish", file)
    assert shell.text("catalog", "export") == file.read_text(), "in the same order"


def test_what_is_sold(shell: Shell, file: Path) -> None:
    file.write_text(catalog_file.write(small(example="true", plans=[plan("essential", "50")])))
    shell.text("catalog", "publish", file)
    shown = shell.text("catalog", "show")
    for words in (
        "This is the example catalog",
        "Automation AI",
        "Essential v1",
        "100 included, then $0.18 each",
        "$1,000.00",
        "Voice Gateway",
    ):
        assert words in shown
    found = shell.json("catalog", "show")
    assert (found["publication"], found["example"]) == (1, True)
    assert found["offers"][0]["key"] == ESSENTIAL
    assert found["offers"][0]["version"] == 1


@pytest.mark.parametrize("command", ["show", "export"])
def test_before_anything_is_sold(shell: Shell, command: str) -> None:
    assert "no catalog has been published" in shell.error("catalog", command)


def test_the_example(shell: Shell) -> None:
    shipped = Path(catalog_file.__file__).with_name("catalog.yaml")
    words = shell.text("catalog", "check", shipped)
    assert words == "catalog.yaml is a catalog: 12 plans, 2 add-ons, 3 support plans.\n"
    shell.text("catalog", "publish", shipped)
    for columns in (80, 200):
        shown = shell.text("catalog", "show", columns=columns)
        assert "Contact Center AI" in shown
        assert max(len(line) for line in shown.splitlines()) <= columns


def test_migrating_publishes_no_catalog(shell: Shell) -> None:
    shell.text("migrate")
    assert not Publication.objects.exists()
