"""`quartermaster clock`, and a test workspace."""

from datetime import timedelta

import pytest

from quartermaster.store.people import queries as people
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import NOW, Books
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import ESSENTIAL
from tests.usecases.shop import Shop as Sales

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(shell: Shell) -> Books:
    """A test workspace in New York."""
    shell.text("workspace", "create", "acme", "--test", "--time-zone", "America/New_York")
    workspace = people.get_workspace("acme")
    return Books(workspace, {"helpdesk": create_bot(workspace, "helpdesk", 900, NOW)})


def test_a_clock_is_shown_stopped_and_moved_on(shell: Shell, books: Books) -> None:
    assert "2026-11-22 07:00:00 EST" in shell.text("clock", "show")
    assert shell.json("clock", "show")["is_frozen"] is False
    assert shell.json("clock", "freeze")["is_frozen"] is True
    shell.at += timedelta(days=400)
    assert shell.json("clock", "show")["at"] == NOW.isoformat()
    Sales.opened(books)
    start_trial(books.bots["helpdesk"], ESSENTIAL, NOW)
    said = shell.text("clock", "advance", "--by", "P1M")
    assert "2026-12-06 07:00:00 EST" in said
    assert "trial ended" in said
    assert said.splitlines()[-1] == "The clock stands at 2026-12-22 07:00:00 EST."
    done = shell.json("clock", "advance", "--to", "2027-04-01")
    assert done["end"] == "2027-04-01T04:00:00+00:00"
    [lapsed] = done["happened"]
    assert (lapsed["what"], lapsed["at"]) == ("credits_lapsed", "2027-02-20T12:00:00+00:00")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give either --to or --by"),
        (("--to", "2027-01-01", "--by", "P1M"), "give either --to or --by"),
        (("--to", "tomorrow"), "is no time such as"),
        (("--by", "1m"), "bad_span"),
        (("--to", "2026-11-22T06:59"), "clock_backwards"),
        (("--by", "P5Y"), "too_far_ahead"),
    ],
)
def test_what_cannot_be_is_refused(
    shell: Shell, books: Books, words: tuple[str, ...], said: str
) -> None:
    done = shell.run("clock", "advance", *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_no_other_clock_is_moved(shell: Shell) -> None:
    shell.text("workspace", "create", "real")
    assert "(clock_runs)" in shell.error("clock", "freeze")
    assert "(clock_runs)" in shell.error("clock", "advance", "--by", "P1M")


def test_an_archive_of_all_leaves_those_out_whose_clock_stands(shell: Shell, books: Books) -> None:
    shell.text("clock", "advance", "--by", "P1Y")
    assert shell.json("events", "archive")["before"] == "2026-10-01 00:00:00+00:00"
    own = shell.json("events", "archive", "-w", "acme")
    assert own["before"] == "2027-10-01 00:00:00+00:00"
