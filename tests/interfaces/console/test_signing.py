"""Signing in and out, what strangers see, and what every page says to the browser."""

import re

import pytest
from django.test import Client

from quartermaster.usecases.people.add_owner import add_owner
from tests.books import open_books
from tests.interfaces.console.reading import EMAIL, PASSWORD, page, signed_in

pytestmark = pytest.mark.django_db
PAGES = ("/", "/usage", "/sessions", "/wallets", "/plans", "/seats", "/events", "/keys")
PAGES += ("/estimate",)


def test_one_signs_in_and_out() -> None:
    books = open_books("helpdesk")
    client = Client()
    assert client.get("/")["Location"] == "/sign-in?next=/"
    assert "Sign in" in page(client, "/sign-in")
    client = signed_in(books)
    assert EMAIL in page(client, "/")
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_one_comes_back_to_where_one_was_asked_to_sign_in() -> None:
    add_owner(open_books().workspace, EMAIL, PASSWORD)
    client = Client()
    sign_in = client.get("/usage?range=7d")["Location"]
    assert 'name="next" value="/usage?range=7d"' in page(client, sign_in)
    entered = {"login": EMAIL, "password": PASSWORD, "next": "/usage?range=7d"}
    assert client.post(sign_in, entered)["Location"] == "/usage?range=7d"
    elsewhere = entered | {"next": "https://elsewhere.example/"}
    assert Client().post("/sign-in", elsewhere)["Location"] == "/"


def test_a_wrong_password_is_told_and_the_address_stays() -> None:
    add_owner(open_books().workspace, EMAIL, PASSWORD)
    response = Client().post("/sign-in", {"login": EMAIL, "password": "wrong"})
    assert EMAIL in response.content.decode()
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("address", [*PAGES, "/sessions/ses_1", "/explain/chg_1", "/usage.csv"])
def test_strangers_see_no_page(address: str) -> None:
    assert Client().get(address)["Location"].startswith("/sign-in?next=")


def test_who_is_in_no_workspace_is_told_so() -> None:
    books = open_books()
    client = signed_in(books)
    books.workspace.member_set.all().delete()
    assert "No workspace yet" in page(client, "/", status=403)


def test_what_is_not_there_has_a_page() -> None:
    assert "There is nothing here" in page(Client(), "/nowhere", status=404)
    client = signed_in(open_books())
    for address in ("/sessions/ses_1", "/sessions/nonsense", "/explain/chg_9", "/wallets/nobody"):
        assert "There is nothing here" in page(client, address, status=404)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_strict_and_whole(address: str) -> None:
    client = signed_in(open_books("helpdesk"))
    response = client.get(address)
    html = " ".join(response.content.decode().split())
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", html)
    assert len(re.findall("<h1[ >]", html)) == 1
    assert html.count('aria-current="page"') == 1
    visible = r'<(?:select|input|textarea)\b(?![^>]*type="hidden")[^>]*\bid="([^"]+)"'
    controls = re.findall(visible, html)
    assert all(f'for="{control}"' in html for control in controls)


def test_assets_are_there_and_may_be_kept() -> None:
    client = signed_in(open_books())
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page(client, "/"))
    assert len(found) > 5
    for address in {one.partition("#")[0] for one in found}:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "max-age=31536000" in response["Cache-Control"]


def test_colours_are_chosen() -> None:
    client = signed_in(open_books())
    assert 'data-theme="auto"' in page(client, "/")
    answer = client.post("/theme", {"theme": "dark", "next": "/usage"})
    assert answer["Location"] == "/usage"
    assert 'data-bs-theme="dark"' in page(client, "/")
    assert client.post("/theme", {"theme": "x", "next": "//evil.example"})["Location"] == "/"
    assert 'data-theme="dark"' in page(client, "/"), "no such colours: they stay"


def test_numbers_are_written_as_the_viewer_does() -> None:
    books = open_books(free_micro=1_234_500_000)
    german = signed_in(books)
    html = german.get("/", headers={"Accept-Language": "de-DE,de;q=0.9"}).content.decode()
    assert "1.234,50" in html
    nonsense = german.get("/", headers={"Accept-Language": "xx-nonsense,;;"}).content.decode()
    assert "$1,234.50" in nonsense


def test_a_form_of_another_page_says_what_happened() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in", {"login": EMAIL, "password": PASSWORD})
    assert response.status_code == 403
    assert "The form was not taken" in response.content.decode()


def test_too_many_wrong_passwords_have_a_page() -> None:
    add_owner(open_books().workspace, EMAIL, PASSWORD)
    wrong = {"login": EMAIL, "password": "wrong"}
    said = [Client().post("/sign-in", wrong).content.decode() for _ in range(12)]
    assert any("Too many" in one for one in said)


def test_edited_addresses_break_nothing() -> None:
    client = signed_in(open_books("helpdesk"))
    for address in (
        "/usage?channel=%00",
        "/sessions?channel=%00",
        "/sessions?user=%00",
        "/sessions?after=2026-01-01T00:00:00/5",
        "/sessions?after=9999-12-31T23:59:59%2B00:00/1",
        "/sessions?after=2026-01-01T00:00:00%2B00:00/99999999999999999999",
        "/wallets?first=999999999999",
    ):
        assert client.get(address).status_code == 200, address


def test_a_download_with_wrong_filters_downloads_nothing() -> None:
    client = signed_in(open_books("helpdesk"))
    for name in ("sessions", "usage"):
        answer = client.get(f"/{name}.csv?bot=typo")
        assert answer["Location"] == f"/{name}?bot=typo"
        assert client.post(f"/{name}.csv").status_code == 405
