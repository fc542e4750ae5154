"""The total of a list of sessions is what its lines sum to."""

from typing import Any

import pytest

from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.list_sessions import list_sessions
from quartermaster.usecases.reports.total_sessions import SessionTotal, total_sessions
from tests.books import open_books
from tests.usecases.credits.history import History
from tests.usecases.reports.test_list_sessions import EVER, FILTERS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", FILTERS.values(), ids=list(FILTERS))
def test_it_is_the_sum_of_the_list(told: History, way: dict[str, Any]) -> None:
    wanted = Wanted(told.main.workspace, **{"period": EVER} | way)
    listed = list_sessions(wanted, None, 1_000).sessions
    charged = sum(one.amount_micro for one in listed)
    found = total_sessions(wanted)
    assert found == (None if "user" in way else SessionTotal(len(listed), charged))


def test_a_bot_that_is_not_there_is_refused(told: History) -> None:
    with pytest.raises(NotFound, match="no bot 'elsewhere'"):
        total_sessions(Wanted(told.main.workspace, EVER, bot="elsewhere"))


def test_where_nothing_was_there_is_nothing(told: History) -> None:
    assert total_sessions(Wanted(open_books("helpdesk").workspace, EVER)) == SessionTotal(0, 0)
