"""Whoever asks for sessions as CSV, a person in the console or a program, gets the same bytes."""

from types import ModuleType
from typing import Any

import pytest

from quartermaster.interfaces.api.usage.sessions import SessionOut
from quartermaster.usecases.reports.export_sessions import SessionLine
from tests.interfaces.api import urls as api
from tests.interfaces.api.conftest import caller
from tests.interfaces.console import urls as console
from tests.interfaces.console.visits import signed_in
from tests.usecases.credits import history

pytestmark = pytest.mark.django_db
QUERIES: tuple[dict[str, str], ...] = (
    {"range": "7d"},
    {"range": "90d"},
    {"range": "30d", "bot": "helpdesk", "unit": "billing_session"},
    {"from": "2026-11-20", "to": "2026-11-21", "channel": "web"},
    {"range": "30d", "user": "ann"},
    {"range": "24h", "user": "nobody"},
)


@pytest.fixture(autouse=True)
def one_site(settings: Any) -> None:
    """Console and API under one roof."""
    root = ModuleType("addresses")
    vars(root)["urlpatterns"] = [*console.urlpatterns, *api.urlpatterns]
    settings.ROOT_URLCONF = root


def test_console_and_api_give_the_same_file() -> None:
    books = history.tell().main
    browser, program = signed_in(books), caller(books)
    sizes = []
    for query in QUERIES:
        ours = browser.get("/sessions.csv", query)
        theirs = program.ask("/sessions", {"Accept": "text/csv"}, **query)
        assert ours["Content-Disposition"] == theirs["Content-Disposition"]
        text = ours.getvalue()
        assert text == b"".join(theirs.streaming_content), query
        sizes.append(text.count(b"\r\n"))
    assert sizes[-1] == 1, "the head alone"
    assert min(sizes[:-1]) > 1


def test_the_description_names_the_fields_of_an_export() -> None:
    assert tuple(SessionOut.model_fields) == SessionLine._fields
