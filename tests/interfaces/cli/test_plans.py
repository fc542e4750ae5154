"""`quartermaster plans suggest`."""

from datetime import timedelta

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations as catalog
from tests.books import NOW, Books, open_books, talk
from tests.catalogs import ESSENTIAL, plan, small
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    """One session, a plan that has become dearer, and one that is no longer sold."""
    catalog.publish_catalog(small(plans=[plan("old", "1"), plan("essential", "50")]), NOW)
    catalog.publish_catalog(small(plans=[plan("essential", "60", fee={"monthly": "0.1"})]), NOW)
    books = open_books("helpdesk", zone="Europe/Berlin")
    books.feed(talk("u0 b1", start=NOW - timedelta(days=13)))
    return books


def test_as_a_table(shell: Shell, books: Books) -> None:
    text = shell.text("plans", "suggest", "helpdesk")
    lines = text.splitlines()
    assert lines[0] == "helpdesk, Automation AI: 30 days from 2026-10-23 (Europe/Berlin)"
    words = "There is usage of 13 days only: of fewer than 14, no suggestion can be relied on."
    assert lines[1] == words
    rows = [" ".join(line.split()) for line in lines]
    assert "Option Fee Seats Usage 30 days Difference Remarks" in rows
    assert rows[-7:-1] == [
        "Essential, monthly $0.10 $0.00 $0.00 $0.10 -$0.10 cheapest",
        "as it goes $0.00 $0.00 $0.20 $0.20 $0.00 now",
        "Old version 1, monthly $1.00 $0.00 $0.00 $1.00 $0.80 no longer sold",
        "Essential version 1, monthly $50.00 $0.00 $0.00 $50.00 $49.80 no longer sold",
        "Old version 1, annual $82.19 $0.00 $0.00 $82.19 $81.99 no longer sold",
        "Essential version 1, annual $82.19 $0.00 $0.00 $82.19 $81.99 no longer sold",
    ]
    books.feed(talk("u0", start=NOW - timedelta(days=14)))
    assert "only" not in shell.text("plans", "suggest", "helpdesk")


def test_what_does_not_fit_is_said(shell: Shell, books: Books) -> None:
    at, of = NOW - timedelta(days=1), {"agent": "kim", "product": "contact_center_ai"}
    books.feed([Event("in", "agent.logged_in", at, "helpdesk", **of)])
    text = shell.text("plans", "suggest", "helpdesk", "--product", "contact_center_ai")
    assert "Contact Center AI" in text
    assert "exceeds seats: 1 of 0" in text


def test_for_programs(shell: Shell, books: Books) -> None:
    bot = books.bots["helpdesk"].public_id
    found = shell.json("plans", "suggest", bot, "-w", books.workspace.name)
    assert (found["days_of_usage"], found["is_enough"]) == (13, False)
    assert (found["bot"], found["product"]) == (bot, "automation_ai")
    [cycle] = found["cycles"]
    assert cycle["start"] == "2026-10-22 22:00:00+00:00"
    assert (cycle["units"], cycle["concurrent"]) == ({"billing_session": 1}, 0)
    best, goes = found["options"][:2]
    assert (best["key"], best["version"], best["cadence"]) == (ESSENTIAL, 2, "monthly")
    assert (best["total_micro"], best["cycles_micro"], best["difference_micro"]) == (
        100_000, [100_000], -100_000
    )  # fmt: skip
    assert [part["formulas"] for part in goes["parts"]] == [["1 billing session × $0.20 = $0.20"]]
    assert (goes["key"], goes["is_current"], best["is_cheapest"]) == (None, True, True)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody",), "no bot 'nobody'"),
        (("helpdesk", "--product", "coffee"), "--product"),
        (("helpdesk", "-w", "nowhere"), "no workspace 'nowhere'"),
        ((), "BOT"),
    ],
)
def test_what_is_wrong_is_named(shell: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in shell.error("plans", "suggest", *words)


def test_what_the_bot_has_is_marked(shell: Shell, books: Books) -> None:
    Shop(books, books.bots["helpdesk"], at=NOW).buy(ESSENTIAL)
    lines = shell.text("plans", "suggest", "helpdesk").splitlines()
    [row] = [line for line in lines if "now" in line.split()]
    assert row.split()[:2] == ["Essential,", "monthly"]
