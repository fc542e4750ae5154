"""The pages of the console, as a browser gets them."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.people.add_owner import add_owner
from quartermaster.usecases.plans.publish_prices import publish_prices
from tests.books import NOW, Books, open_books, talk
from tests.usecases.credits import history
from tests.usecases.usage.test_meter_units import delivered

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.interfaces.console.urls"


def signed_in(books: Books) -> Client:
    """A browser in which an owner of the workspace has signed in."""
    add_owner(books.workspace, EMAIL, PASSWORD)
    client = Client()
    assert client.post("/sign-in", {"username": EMAIL, "password": PASSWORD}).status_code == 302
    return client


def cards(page: str) -> dict[str, str]:
    """The figures at the top of the overview by their names."""
    return dict(re.findall(r'<div class="card"><span>(.*?)</span><b>(.*?)</b>', page))


def row(page: str, bot: str) -> list[str]:
    """The cells beside a bot's name."""
    (found,) = re.findall(rf'<tr><th scope="row">{bot}</th>(.*?)</tr>', page, flags=re.S)
    return re.findall(r"<td.*?>(.*?)</td>", found)


def overview(books: Books) -> str:
    """The overview's page."""
    response = signed_in(books).get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_one_signs_in_and_out() -> None:
    books = open_books("helpdesk")
    client = Client()
    assert client.get("/")["Location"] == "/sign-in?next=/"
    assert "Sign in" in client.get("/sign-in").content.decode()
    client = signed_in(books)
    assert EMAIL in client.get("/").content.decode()
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told() -> None:
    add_owner(open_books().workspace, EMAIL, PASSWORD)
    response = Client().post("/sign-in", {"username": EMAIL, "password": "wrong"})
    assert "do not match" in response.content.decode()


def test_the_overview_tells_of_this_month_and_all_units() -> None:
    history.publish()
    books = open_books("helpdesk", "bookings")
    books.fund("helpdesk", 300_000)
    books.feed(talk("u0 u20") + delivered("api.requested", 1, 2) + delivered("alert.delivered", 1))
    books.feed(talk("u0", "bookings") + talk("u0", "bookings", start=NOW - timedelta(days=40)))
    page = overview(books)
    assert books.free() == 500_000_000 - 113_000 - 400_000
    assert cards(page) == {
        "Billing sessions": "3",
        "Charged": "$0.613",
        "Free credit left": "$499.487",
    }
    assert row(page, "helpdesk")[1:4] == ["2", "$0.413", "$0.00"]
    assert row(page, "bookings")[1:4] == ["1", "$0.20", "$0.00"]


def test_units_alone_are_charged_too() -> None:
    publish_prices({"alert": history.PRICES["alert"]}, NOW - timedelta(days=365))
    books = open_books("helpdesk")
    books.feed(delivered("alert.delivered", 1, 2))
    page = overview(books)
    assert (cards(page)["Billing sessions"], cards(page)["Charged"]) == ("0", "$0.02")
    assert row(page, "helpdesk")[1:3] == ["0", "$0.02"]


def test_free_credit_is_told_without_bots_and_without_what_has_expired() -> None:
    books = open_books(free_micro=5_000_000)
    books.fund(None, 2_000_000, NOW + timedelta(microseconds=1))
    early = Grant(books.workspace.id, 40_000_000, uuid.uuid4(), expires_at=NOW)
    grant_credits(early, NOW - timedelta(days=1))
    assert books.free() == 47_000_000
    page = overview(books)
    assert cards(page)["Free credit left"] == "$7.00"
    assert "No bots yet" in page


def test_who_is_in_no_workspace_is_told_so() -> None:
    books = open_books()
    client = signed_in(books)
    books.workspace.member_set.all().delete()
    response = client.get("/")
    assert response.status_code == 403
    assert "No workspace yet" in response.content.decode()


def test_what_is_not_there_has_a_page() -> None:
    response = Client().get("/nowhere")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_the_style_is_served() -> None:
    assert Client().get("/console.css")["Content-Type"] == "text/css; charset=utf-8"
