"""The page of API keys."""

import re

import pytest
from django.test import Client

from quartermaster.store.people import queries as people
from quartermaster.store.people.models import ApiKey
from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, Books, open_books
from tests.interfaces.console.visits import at_most, read, rows, signed_in, text, value, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]


def secrets(page: str) -> list[str]:
    """What on the page looks like a key."""
    return re.findall(r"qm_[\w-]{20,}", page)


def test_a_key_is_made_and_its_secret_shown_once() -> None:
    books = open_books()
    client = signed_in(books)
    response = client.post("/keys", {"name": " shop "})
    [secret] = secrets(response.content.decode())
    assert people.find_workspace_by_key(secret) == books.workspace
    assert "no-store" in response["Cache-Control"]
    assert "it is shown this once" in text(response.content.decode())
    assert value(response.content.decode(), "name") is None
    page = read(client, "/keys")
    assert not secrets(page)
    assert rows(page, "Keys")[0][0] == "shop"


@pytest.mark.parametrize("name", ["", "x" * 201, "tab\there", "nul\0"])
def test_what_is_no_name_is_said_and_kept(name: str) -> None:
    client = signed_in(open_books())
    response = client.post("/keys", {"name": name})
    page = response.content.decode()
    assert response.status_code == 422
    assert len(wrong(page)) == 1
    assert value(page, "name") == (name or None)
    assert not secrets(page)
    assert not ApiKey.objects.exists()


def test_revoking_asks_first() -> None:
    books = open_books()
    key, secret = create_key(books.workspace, "shop", NOW)
    client = signed_in(books)
    address = f"/keys/{key.public_id}/revoke"
    assert address in read(client, "/keys")
    assert "Revoke shop" in text(read(client, address))
    assert people.find_workspace_by_key(secret)
    page = text(client.post(address, follow=True).content.decode())
    assert "The key shop is revoked." in page
    assert people.find_workspace_by_key(secret) is None
    assert address not in read(client, "/keys")
    assert "revoked already" in read(client, address)


def test_revoked_keys_come_last() -> None:
    books = open_books()
    keys = [create_key(books.workspace, name, NOW)[0] for name in ("first", "second", "third")]
    client = signed_in(books)
    client.post(f"/keys/{keys[2].public_id}/revoke")
    found = rows(read(client, "/keys"), "Keys")
    assert [row[0] for row in found] == ["second", "first", "third"]
    assert [row[3].split()[0] for row in found] == ["works", "works", "revoked"]


def test_keys_of_other_workspaces_are_not_there() -> None:
    key, secret = create_key(open_books().workspace, "theirs", NOW)
    client = signed_in(open_books())
    page = read(client, f"/keys?revoked={key.public_id}")
    assert "theirs" not in page
    assert "No keys yet" in page
    address = f"/keys/{key.public_id}/revoke"
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    assert people.find_workspace_by_key(secret)


def test_only_members_make_or_revoke_keys() -> None:
    books = open_books()
    key, secret = create_key(books.workspace, "shop", NOW)
    client = signed_in(books)
    books.workspace.member_set.all().delete()
    for browser, status in ((client, 403), (Client(), 302)):
        assert browser.post("/keys", {"name": "mine"}).status_code == status
        assert browser.post(f"/keys/{key.public_id}/revoke").status_code == status
    assert people.find_workspace_by_key(secret)
    assert ApiKey.objects.count() == 1


def test_a_form_of_another_site_makes_nothing() -> None:
    books = open_books()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in(books).cookies
    assert browser.post("/keys", {"name": "mine"}).status_code == 403
    assert not ApiKey.objects.exists()


def test_a_few_queries_do() -> None:
    books: Books = open_books()
    for n in range(5):
        create_key(books.workspace, f"key {n}", NOW)
    client = signed_in(books)
    with at_most(12):
        client.get("/keys")
