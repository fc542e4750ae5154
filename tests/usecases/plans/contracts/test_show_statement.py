"""A statement with what its lines are made of."""

import uuid
from datetime import timedelta

import pytest

from quartermaster.store.catalog import operations as catalog
from quartermaster.store.people.models import Bot
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.plans.contracts.show_statement import show_statement
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.order_change import order_change
from tests.books import open_books
from tests.catalogs import ESSENTIAL, small
from tests.usecases.plans.contracts.deal import APRIL, DAY, START, Deal

pytestmark = pytest.mark.django_db


def test_lines_name_bots_orders_and_statements() -> None:
    catalog.publish_catalog(small(), START - DAY)
    deal = Deal.made()
    deal.price()
    bot = Bot.objects.get(name="bookings")
    order = order_change(Wish(bot, ESSENTIAL, "monthly"), uuid.uuid4(), START + timedelta(hours=1))
    deal.talk(5)
    first = deal.close()
    found = show_statement(deal.books.workspace, first.public_id)
    assert found.statement.id == first.id
    sessions, fee = found.lines
    assert [(one.name, count) for one, count in sessions.bots] == [("helpdesk", 5)]
    assert (sessions.order, sessions.corrects) == (None, None)
    assert (fee.order, [(one.name, count) for one, count in fee.bots]) == (
        order.public_id,
        [("bookings", 1)],
    )
    deal.talk(2, START + 9 * DAY)
    [late] = show_statement(deal.books.workspace, deal.close(APRIL).public_id).lines
    assert (late.line.what, late.corrects) == ("adjustment", first.public_id)


def test_of_another_workspace_it_is_not_found() -> None:
    found = Deal.made().close()
    with pytest.raises(NotFound):
        show_statement(open_books("elsewhere").workspace, found.public_id)
