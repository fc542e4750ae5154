"""Which events are accepted, as what, and why the others are not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from quartermaster.core import periods
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Accepted, Event, Kind, Rejection, Window

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FAR_EAST, FAR_WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
BOTS = {"bot_1": 1, "Shop": 1, "bot_2": 2}
MESSAGE = Event("e1", "message", AT, "bot_1", user="u", sender="user")
LOGIN = Event("e1", "agent.logged_in", AT, "bot_1", agent="ann", product="contact_center_ai")
ALERT = Event("e1", "alert.delivered", AT, "bot_1", user="u")
ENDED = Event("e1", "conversation.ended", AT, "bot_1", conversation="c")


def judge(*given: Event) -> tuple[Accepted, list[Rejection]]:
    """Accepts the events at `AT`."""
    return events.accept(list(enumerate(given)), Window.around(AT), BOTS)


def kinds(*given: Event) -> list[int]:
    """The kinds of events that are all accepted."""
    accepted, rejected = judge(*given)
    assert not rejected
    return accepted.kind


# code, field, an event that is not accepted
REJECTED = (
    ("empty", "id", replace(MESSAGE, id="")),
    ("empty", "user", replace(MESSAGE, user="")),
    ("empty", "conversation", replace(ENDED, conversation="")),
    ("too_long", "id", replace(MESSAGE, id="i" * 201)),
    ("too_long", "channel", replace(MESSAGE, channel="c" * 201)),
    ("too_long", "device", replace(LOGIN, device="d" * 201)),
    ("too_long", "product", replace(MESSAGE, product="p" * 201)),
    ("bad_character", "id", replace(MESSAGE, id="a\x00b")),
    ("bad_character", "user", replace(MESSAGE, user="a\nb")),
    ("bad_character", "agent", replace(LOGIN, agent="\ud800")),
    ("bad_character", "product", replace(MESSAGE, product="\x00")),
    ("unknown_type", "type", replace(MESSAGE, type="messages")),
    ("unknown_type", "type", replace(MESSAGE, type="")),
    ("missing", "user", replace(MESSAGE, user=None)),
    ("missing", "user", replace(MESSAGE, user=None, conversation="c")),
    ("missing", "sender", replace(MESSAGE, sender=None)),
    ("unknown_sender", "sender", replace(MESSAGE, sender="User")),
    ("missing", "user", replace(ENDED, conversation=None)),
    ("missing", "user", replace(ENDED, type="conversation.transferred", conversation=None)),
    ("missing", "user", replace(ENDED, type="conversation.returned", conversation=None)),
    ("missing", "user", replace(ALERT, user=None)),
    ("missing", "user", replace(ALERT, type="notification.delivered", user=None)),
    ("missing", "agent", replace(LOGIN, agent=None)),
    ("missing", "product", replace(LOGIN, product=None)),
    ("missing", "agent", replace(LOGIN, type="agent.logged_out", agent=None)),
    ("missing", "product", replace(LOGIN, type="agent.logged_out", product=None)),
    ("unknown_product", "product", replace(LOGIN, product="contact_center")),
    ("time_without_offset", "time", replace(MESSAGE, time=AT.replace(tzinfo=None))),
    ("in_the_future", "time", replace(MESSAGE, time=AT + timedelta(minutes=5) + MICROSECOND)),
    ("in_the_future", "time", replace(MESSAGE, time=datetime.max.replace(tzinfo=UTC))),
    ("too_late", "time", replace(MESSAGE, time=AT - timedelta(days=35) - MICROSECOND)),
    ("too_late", "time", replace(MESSAGE, time=datetime.min.replace(tzinfo=UTC))),
    ("too_late", "time", replace(MESSAGE, time=datetime.min.replace(tzinfo=FAR_EAST))),
    ("in_the_future", "time", replace(MESSAGE, time=datetime.max.replace(tzinfo=FAR_WEST))),
    ("unknown_bot", "bot", replace(MESSAGE, bot="bot_3")),
    ("empty", "bot", replace(MESSAGE, bot="")),
)


@pytest.mark.parametrize(("code", "field", "event"), REJECTED)
def test_a_rejection_has_its_code_and_field(code: str, field: str, event: Event) -> None:
    accepted, rejected = judge(event)
    assert len(accepted) == 0
    assert [(no.index, no.code, no.field) for no in rejected] == [(0, code, field)]
    assert rejected[0].reason


# type and fields, what it means to the meter
ACCEPTED = (
    (MESSAGE, Kind.USER),
    (replace(MESSAGE, sender="bot"), Kind.BOT),
    (replace(MESSAGE, sender="agent"), Kind.AGENT),
    (replace(MESSAGE, developer=True), Kind.DEVELOPER_USER),
    (replace(MESSAGE, sender="bot", developer=True), Kind.DEVELOPER_BOT),
    (replace(MESSAGE, sender="agent", developer=True), Kind.DEVELOPER_AGENT),
    (ENDED, Kind.ENDED),
    (replace(ENDED, conversation=None, user="u"), Kind.ENDED),
    (replace(ENDED, type="conversation.transferred"), Kind.TRANSFERRED),
    (replace(ENDED, type="conversation.returned"), Kind.RETURNED),
    (Event("e1", "api.requested", AT, "bot_1"), Kind.API_REQUESTED),
    (ALERT, Kind.ALERT_DELIVERED),
    (replace(ALERT, type="notification.delivered"), Kind.NOTIFICATION_DELIVERED),
    (LOGIN, Kind.LOGGED_IN),
    (replace(LOGIN, type="agent.logged_out"), Kind.LOGGED_OUT),
)


@pytest.mark.parametrize(("event", "kind"), ACCEPTED)
def test_an_event_means_its_kind(event: Event, kind: Kind) -> None:
    assert kinds(event) == [kind]


def test_every_type_and_kind_is_reached() -> None:
    assert {event.type for event, _ in ACCEPTED} == set(events.TYPES)
    assert {kind for _, kind in ACCEPTED} == set(Kind)


@pytest.mark.parametrize("product", events.PRODUCTS)
def test_every_product_has_seats(product: str) -> None:
    assert kinds(replace(LOGIN, product=product)) == [Kind.LOGGED_IN]


@pytest.mark.parametrize(
    "time",
    [
        AT + timedelta(minutes=5),
        AT - timedelta(days=35),
        AT.astimezone(timezone(timedelta(hours=-11))) + timedelta(minutes=5),
        AT.astimezone(timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_the_bounds_of_the_window_belong_to_it(time: datetime) -> None:
    accepted, rejected = judge(replace(MESSAGE, time=time))
    assert not rejected
    assert accepted.time == [periods.to_micros(time)]


def test_an_import_may_widen_the_window() -> None:
    window = Window.around(AT, late_micros=400 * 86_400 * 1_000_000)
    old = replace(MESSAGE, time=AT - timedelta(days=400))
    accepted, rejected = events.accept(
        [(0, old), (1, replace(old, time=old.time - MICROSECOND))], window, BOTS
    )
    assert len(accepted) == 1
    assert [(no.index, no.code) for no in rejected] == [(1, "too_late")]


def test_neighbours_of_a_rejected_event_are_accepted() -> None:
    given = [replace(MESSAGE, id=f"e{number}") for number in range(4)]
    given[1].bot, given[2].user = "nobody", None
    accepted, rejected = events.accept(
        list(zip([10, 11, 12, 13], given, strict=True)), Window.around(AT), BOTS
    )
    assert accepted.id == ["e0", "e3"]
    assert [(no.index, no.id, no.field) for no in rejected] == [
        (11, "e1", "bot"),
        (12, "e2", "user"),
    ]


def test_accepted_events_stand_in_columns() -> None:
    message = replace(MESSAGE, bot="bot_2", conversation="c", channel="web", time=AT + MICROSECOND)
    login = replace(LOGIN, id="e2", bot="Shop", device="desk")
    accepted, _ = judge(message, login)
    assert accepted == Accepted(
        index=[0, 1],
        id=["e1", "e2"],
        kind=[Kind.USER, Kind.LOGGED_IN],
        time=[periods.to_micros(AT) + 1, periods.to_micros(AT)],
        bot=[2, 1],
        user=["u", None],
        conversation=["c", None],
        channel=["web", None],
        agent=[None, "ann"],
        product=[None, "contact_center_ai"],
        device=[None, "desk"],
    )


@pytest.mark.parametrize("text", ["x" * 200, "ünï-代-🙂", " ", "a\u00a0b", "DROP TABLE'; --"])
def test_any_printable_text_is_a_name(text: str) -> None:
    accepted, rejected = judge(replace(MESSAGE, id=text, user=text, conversation=text))
    assert not rejected
    assert (accepted.id, accepted.user, accepted.conversation) == ([text], [text], [text])


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a\x00b", "a\ufffdb"), ("\ud800", "\ufffd"), ("y" * 300, "y" * 200), ("", "")],
)
def test_a_rejection_shows_an_id_that_can_be_kept(given: str, shown: str) -> None:
    _, rejected = judge(replace(MESSAGE, id=given))
    assert [no.id for no in rejected] == [shown]


REASONS: tuple[tuple[Event, Callable[[str], bool]], ...] = (
    (replace(MESSAGE, type="x"), lambda reason: all(name in reason for name in events.TYPES)),
    (replace(LOGIN, product="x"), lambda reason: all(name in reason for name in events.PRODUCTS)),
    (replace(MESSAGE, sender="x"), lambda reason: "user, bot or agent" in reason),
    (replace(MESSAGE, bot="b" * 10_000), lambda reason: "bbb" in reason and len(reason) < 150),
    (replace(MESSAGE, user="u" * 201), lambda reason: "200" in reason and "201" in reason),
)


@pytest.mark.parametrize(("event", "is_clear"), REASONS)
def test_a_reason_says_what_is_allowed(event: Event, is_clear: Callable[[str], bool]) -> None:
    _, rejected = judge(event)
    assert is_clear(rejected[0].reason)


def test_what_is_archived_is_too_old_whatever_the_window() -> None:
    until = AT - timedelta(days=3)
    narrow, wide = Window.around(AT, 86_400_000_000), Window.around(AT, 10**16)
    for window, code in ((narrow, "too_late"), (wide, None)):
        behind = window.behind(until)
        _, rejected = events.accept(
            [(0, replace(MESSAGE, time=until)), (1, replace(MESSAGE, time=until - MICROSECOND))],
            behind,
            BOTS,
        )
        found = {one.index: one.code for one in rejected}
        assert found == ({0: code, 1: "too_old"} if code else {1: "too_old"})
    assert wide.behind(None) == wide


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_tells_type_and_sender(kind: Kind) -> None:
    name, sender = events.described(kind)
    is_test = kind >= Kind.DEVELOPER_USER
    given = replace(LOGIN, type=name, user="u", sender=sender, developer=is_test)
    assert kinds(given) == [kind]
