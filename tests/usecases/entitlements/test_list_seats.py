"""The seats of a workspace's bots."""

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.usecases.entitlements.list_seats import list_seats
from tests.usecases.entitlements.conftest import Floor
from tests.usecases.shop import ESSENTIAL, PRODUCT, START


def test_bots_with_a_plan_that_has_seats(floor: Floor) -> None:
    where = floor.shop.books.workspace.id
    assert list_seats(where, PRODUCT, START) == []
    floor.shop.buy(ESSENTIAL, seats=3)
    floor.moves("in", "ann")
    [(bot, seats)] = list_seats(where, PRODUCT, START)
    assert (bot.name, seats.bought, seats.used, seats.left) == ("helpdesk", 3, 1, 2)
    assert list_seats(where + 1, PRODUCT, START) == []
    assert list_seats(where, "agent_ai", START) == []


def test_no_agents_no_seats(floor: Floor) -> None:
    with pytest.raises(Refusal):
        list_seats(floor.shop.books.workspace.id, "search_ai", START)
