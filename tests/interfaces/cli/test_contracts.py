"""`quartermaster contracts`."""

from datetime import timedelta
from typing import Any

import pytest

from quartermaster.store.contracts.models import Contract, Statement
from quartermaster.store.people.models import Workspace
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db
TERMS = '{"included": 1, "model": "per_unit", "amount": 0.10}'
MONTH = timedelta(days=30)


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk")


def agree(shell: Shell, *more: str) -> Any:
    return shell.json("contracts", "agree", "--commitment", "99.50", *more)


def test_agreed_used_previewed_and_closed(shell: Shell, books: Books) -> None:
    made = agree(shell, "--net-days", "14")
    assert (made["commitment"], made["net_days"], made["until"]) == ("$99.50", 14, None)
    price = shell.json("contracts", "price", "billing_session", TERMS)
    assert (price["what"], price["price"]) == ("billing_session", "1 included, then $0.10 each")
    books.feed(talk("u0 u16 u40", start=NOW + timedelta(hours=1)), NOW + timedelta(days=1))
    shell.at = NOW + timedelta(days=2)
    assert "No cycle is over." in shell.text("contracts", "close")
    text = " ".join(shell.text("contracts", "preview").split())
    assert "Billing sessions, as agreed 3 1 included + 2 × $0.10 = $0.20 $0.20" in text
    # It began at noon: a half of thirty days' first one is not committed for.
    assert "Up to the minimum commitment 1 $97.84 − $0.20 = $97.64 $97.64" in text
    shell.at = NOW + MONTH
    assert "$97.84" in shell.text("contracts", "close")
    statement = Statement.objects.get()
    found = shell.json("contracts", "show", statement.public_id)
    assert (found["total"], found["lines"][0]["bots"]) == ("$97.84", {"helpdesk": 3})
    assert found["due"] == "2027-01-05"
    assert shell.json("contracts", "close") == {"statements": []}
    assert_books_hold()


def test_all_at_a_glance(shell: Shell, books: Books) -> None:
    assert "There is no contract." in shell.text("contracts", "show")
    agree(shell, "--months", "3")
    shell.json(
        "contracts", "price", "agent_ai", TERMS, "--seats", "named", "-w", books.workspace.name
    )
    text = shell.text("contracts", "show")
    assert "$99.50" in text
    assert "agent_ai, named seats" in text
    [found] = shell.json("contracts", "show")["contracts"]
    assert (found["months"], len(found["prices"]), found["statements"]) == (3, 1, [])


@pytest.mark.usefixtures("books")
def test_the_same_key_is_the_same_agreement(shell: Shell) -> None:
    first = agree(shell, "--key", "spring")
    assert agree(shell, "--key", "spring") == first
    assert Contract.objects.count() == 1
    twice = ("contracts", "price", "alert", TERMS, "--key", "spring")
    assert shell.json(*twice) == shell.json(*twice)
    words = ("contracts", "price", "alert", TERMS.replace("1,", "2,"), "--key", "spring")
    assert "key_reused" in shell.error(*words)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("agree", "--months", "5"), "bad_contract"),
        (("agree", "--commitment", "much"), "no amount"),
        (("agree", "--commitment", "10.005"), "amount_too_fine"),
        (("agree", "--until", "9999-12-31"), "bad_contract"),
        (("price", "alert", "cheap"), "no JSON object"),
        (("price", "alert", '{"model": "per_unit", "amount": "x"}'), "amount: must be"),
        (("price", "alert", TERMS), "no contract"),
        (("preview",), "no contract"),
        (("show", "stm_1"), "no statement"),
    ],
)
def test_what_is_wrong_is_named(shell: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in shell.error("contracts", *words)


@pytest.mark.usefixtures("books")
def test_times_are_the_workspaces(shell: Shell) -> None:
    Workspace.objects.update(time_zone="Europe/Berlin")
    agree(shell)
    assert "2026-11-22 13:00:00 CET" in shell.text("contracts", "show")
    [found] = shell.json("contracts", "show")["contracts"]
    assert found["from"] == str(NOW)
