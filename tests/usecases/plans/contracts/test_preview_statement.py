"""The running cycle so far."""

import pytest

from quartermaster.store.contracts.models import Statement
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.plans.contracts.preview_statement import preview_statement
from tests.books import open_books
from tests.usecases.plans.contracts.deal import DAY, MARCH, START, Deal, lines

pytestmark = pytest.mark.django_db


def test_it_is_what_closing_would_give() -> None:
    deal = Deal.made(commitment_minor=100)
    deal.price()
    deal.talk(5)
    found = deal.preview(START + 2 * DAY)
    assert (found.contract.id, [one.what for one in found.prices]) == (
        deal.contract.id,
        ["billing_session"],
    )
    assert not Statement.objects.exists()
    told = [(one.description, one.quantity, one.amount_minor) for one in found.statement.lines]
    closed = deal.close()
    assert told == lines(closed)
    assert found.statement.total_minor == closed.total_minor == 100


def test_what_came_late_for_earlier_cycles_is_in_it() -> None:
    deal = Deal.made()
    deal.price()
    deal.close()
    deal.talk(5)
    [line] = deal.preview(MARCH + DAY).statement.lines
    assert (line.what, line.amount_minor) == ("adjustment", 38)


def test_there_must_be_a_contract() -> None:
    with pytest.raises(NotFound):
        preview_statement(open_books("helpdesk").workspace, START)
