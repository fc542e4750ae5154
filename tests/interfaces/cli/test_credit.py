"""`quartermaster credits grant`."""

from datetime import timedelta

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.wallets.models import Lot
from tests.books import Books, assert_books_hold, open_books
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk", free_micro=0)


def test_free_credit_for_all_and_paid_for_one(shell: Shell, books: Books) -> None:
    free = shell.json("credits", "grant", "99.50")
    assert free["granted"] == "$99.50"
    assert (books.free(), books.paid()) == (99_500_000, 0)
    shell.json("credits", "grant", "0.000001", "--bot", "helpdesk", "--expires-days", "0")
    shell.json("credits", "grant", "5", "--bot", books.bots["helpdesk"].public_id)
    assert (books.free(), books.paid()) == (99_500_000, 5_000_001)
    expiries = Lot.objects.order_by("id").values_list("expires_at", flat=True)
    assert list(expiries) == [shell.at + timedelta(days=90), None, None]
    assert_books_hold()


def test_the_same_key_twice_is_one_grant_whenever_it_comes(shell: Shell, books: Books) -> None:
    first = shell.json("credits", "grant", "5", "--key", "march")
    shell.at += timedelta(days=3, seconds=1)
    assert shell.json("credits", "grant", "5", "--key", "march") == first
    assert books.free() == 5 * MICRO
    shell.at += timedelta(days=300)
    assert shell.json("credits", "grant", "5", "--key", "march") == first, "though it has expired"
    assert Lot.objects.count() == 1


def test_without_a_key_each_is_its_own(shell: Shell, books: Books) -> None:
    keys = {shell.json("credits", "grant", "5")["key"] for _ in range(2)}
    assert (len(keys), books.free()) == (2, 10 * MICRO)


@pytest.mark.parametrize(
    "other", [("6",), ("5", "--bot", "helpdesk"), ("5", "--expires-days", "91")]
)
def test_the_same_key_for_something_else_is_refused(
    shell: Shell, books: Books, other: tuple[str, ...]
) -> None:
    shell.text("credits", "grant", "5", "--key", "march")
    assert "key" in shell.error("credits", "grant", *other, "--key", "march")
    assert (books.free(), books.paid()) == (5 * MICRO, 0)


def test_a_key_is_of_its_workspace(shell: Shell, books: Books) -> None:
    other = open_books(free_micro=0)
    for name in (books.workspace.name, other.workspace.name):
        shell.text("credits", "grant", "5", "--key", "march", "--workspace", name)
    assert books.free() == other.free() == 5 * MICRO


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("0",), "amount must be more than zero"),
        (("--", "-5"), "amount must be more than zero"),
        (("0.0000001",), "amount must be more than zero"),
        (("1000000000.01",), "AMOUNT"),
        (("five",), "AMOUNT"),
        (("inf",), "AMOUNT"),
        ((), "AMOUNT"),
        (("5", "--bot", "nobody"), "no bot 'nobody'"),
        (("5", "--bot", ""), "--bot"),
        (("5", "--key", " "), "--key"),
        (("5", "-w", ""), "--workspace"),
        (("5", "--workspace", "nobody"), "no workspace 'nobody'"),
        (("5", "--expires-days", "-1"), "--expires-days"),
        (("5", "--expires-days", "99999999"), "--expires-days"),
    ],
)
def test_a_refusal_names_what_is_wrong(shell: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in shell.error("credits", "grant", *words)
    assert not Lot.objects.exists()
