"""What became of a request's events, and the list of rejections."""

import pytest
from django.test import Client

from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import EventBatch
from tests.books import NOW, Books, drain, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem


def test_figures_before_and_after_the_meter(books: Books, api: Caller) -> None:
    batch = talk("u0 b1 u2")
    clash = Event(batch[0].id, "message", NOW, "helpdesk", user="bob", sender="user")
    sent = books.submit([*batch, batch[1], clash, *talk("u5", bot="nobody")])
    [waiting] = api.get(f"/events/requests/{sent.request_id}").json()
    assert waiting == {
        "request_id": sent.request_id,
        "received_at": "2026-11-22T12:00:00Z",
        "accepted": 5,
        "rejected": 1,
        "stored": None,
        "duplicates": None,
        "conflicts": None,
        "is_metered": False,
    }
    drain()
    [done] = api.get(f"/events/requests/{sent.request_id}").json()
    assert (done["stored"], done["duplicates"], done["conflicts"]) == (3, 1, 1)
    assert (done["is_metered"], done["accepted"]) == (True, 5)
    codes = [one["code"] for one in api.get("/events/rejected").json()["rejections"]]
    assert codes == ["conflicting_duplicate", "unknown_bot"]


@pytest.mark.parametrize("name", ["a/b", "a b?", "x" * 100, "%2F"])
def test_any_request_id_that_the_door_takes_can_be_asked_for(
    books: Books, api: Caller, name: str
) -> None:
    sent = books.submit(talk("u0"))
    EventBatch.objects.filter(request_id=sent.request_id).update(request_id=name)
    quoted = name.replace("%", "%25").replace(" ", "%20").replace("?", "%3F")
    [found] = api.get(f"/events/requests/{quoted}").json()
    assert found["request_id"] == name


def test_another_workspaces_requests_and_rejections_are_not_there(
    books: Books, api: Caller
) -> None:
    other = open_books("elsewhere")
    sent = other.submit([*talk("u0", bot="elsewhere"), *talk("u0", bot="nobody")])
    assert api.get(f"/events/requests/{sent.request_id}").json() == []
    assert api.get("/events/requests/never").json() == []
    assert api.get("/events/rejected").json() == {"rejections": [], "next_cursor": None}


def test_pages_of_rejections(books: Books, api: Caller) -> None:
    bad = talk(" ".join(f"u{minute}" for minute in range(7)), bot="nobody")
    books.submit(bad)
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        page = api.get("/events/rejected", **query).json()
        seen += page["rejections"]
        cursor = page["next_cursor"]
    assert [one["id"] for one in seen] == [event.id for event in reversed(bad)]
    assert cursor is None
    assert seen[0] == {
        "request_id": seen[0]["request_id"],
        "index": 6,
        "id": bad[6].id,
        "code": "unknown_bot",
        "reason": "no bot 'nobody' in this workspace",
        "field": "bot",
        "at": "2026-11-22T12:00:00Z",
    }


def test_the_last_page_says_that_it_is_the_last(books: Books, api: Caller) -> None:
    books.submit(talk("u0 u1 u2", bot="nobody"))
    pages = {size: api.get("/events/rejected", limit=size).json() for size in (2, 3, 4)}
    assert {size: len(page["rejections"]) for size, page in pages.items()} == {2: 2, 3: 3, 4: 3}
    assert [size for size, page in pages.items() if page["next_cursor"] is None] == [3, 4]


@pytest.mark.parametrize(("limit", "size"), [(0, 1), (-5, 1), (1, 1), (10**9, 2)])
def test_limits_are_kept_in_bounds(books: Books, api: Caller, limit: int, size: int) -> None:
    books.submit(talk("u0 u1", bot="nobody"))
    assert len(api.get("/events/rejected", limit=limit).json()["rejections"]) == size


@pytest.mark.parametrize(
    ("name", "value"), [("limit", "many"), ("cursor", "x"), ("limit", "1.5"), ("cursor", "")]
)
def test_a_bad_parameter_is_named(api: Caller, name: str, value: str) -> None:
    assert_problem(api.get("/events/rejected", **{name: value}), 422, "invalid", name)


@pytest.mark.parametrize("cursor", [0, -1, 10**30, -(10**30)])
def test_a_cursor_from_nowhere_gives_what_is_there(api: Caller, cursor: int) -> None:
    assert api.get("/events/rejected", cursor=cursor).status_code == 200


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("header", [None, "", "Basic b3Vycw==", "Bearer", "Bearer wrong"])
def test_without_a_key_nobody_is_told_anything(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/events/rejected", "/events/requests/r1"):
        response = Client().get(f"/v1{path}", headers=headers)
        assert_problem(response, 401, "unknown_key", "Authorization")


def test_a_request_id_is_sent_back(api: Caller) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "X-Request-Id": "mine-1"}
    path = "/v1/events/rejected"
    assert api.client.get(path, headers=headers)["X-Request-Id"] == "mine-1"
    headers["X-Request-Id"] = "x" * 101
    assert api.client.get(path, headers=headers)["X-Request-Id"].startswith("req_")
