"""The voice channels are what they were at first: all processes read them, none may change them."""

import pytest

from quartermaster.conf import wiring
from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import queries
from quartermaster.store.catalog.models import VoiceChannel
from quartermaster.store.metering.models import Session
from quartermaster.usecases.plans.fix_voice_channels import (
    BadVoiceChannels,
    VoiceChannelsFixed,
    fix_voice_channels,
)
from quartermaster.usecases.proof.verify_books import verify_books
from tests.books import NOW, drain, open_books, talk
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db


@in_a_transaction
def test_where_nothing_is_stored_voice_is() -> None:
    assert queries.voice_channels() == {"voice"}
    assert queries.stored_voice_channels() == set()


@in_a_transaction
@pytest.mark.parametrize(
    ("names", "kept"), [(None, {"voice"}), (["sip", "phone"], {"phone", "sip"})]
)
def test_the_first_word_stands(names: list[str] | None, kept: set[str]) -> None:
    assert fix_voice_channels(names) == kept == queries.voice_channels()
    for again in (None, kept):
        assert fix_voice_channels(again) == kept
    with pytest.raises(VoiceChannelsFixed, match="history would be cut anew") as no:
        fix_voice_channels([*kept, "fax"])
    assert no.value.code == "bad_setting"
    assert ",".join(sorted(kept)) in str(no.value)
    assert queries.voice_channels() == kept


@in_a_transaction
@pytest.mark.parametrize("names", [[], [""], ["voice", " "], ["a\tb"], ["\0"], [" voice"]])
def test_what_is_no_name_is_refused(names: list[str]) -> None:
    with pytest.raises(BadVoiceChannels):
        fix_voice_channels(names)
    assert not VoiceChannel.objects.exists()


@in_a_transaction
def test_meters_and_verify_cut_by_the_stored_set(monkeypatch: pytest.MonkeyPatch) -> None:
    fix_voice_channels(["phone"])
    monkeypatch.setenv("QUARTERMASTER_VOICE_CHANNELS", "voice")
    books = open_books("helpdesk")
    made: list[Event] = [*talk("u0", channel="phone"), *talk("u0", user="bob", channel="voice")]
    books.submit(made)
    drain(NOW, wiring.policy())
    units = Session.objects.order_by("unit").values_list("unit", flat=True)
    assert list(units) == ["billing_session"] * 2 + ["voice_session"]
    verdicts = list(verify_books(queries.voice_channels()))
    assert not [one for one in verdicts if one.findings]
    assert [one for one in verify_books(frozenset({"voice"})) if one.findings]


@pytest.mark.usefixtures("committed")
def test_two_who_fix_them_at_once() -> None:
    def fix(name: str) -> bool:
        try:
            return fix_voice_channels([name]) == {name}
        except VoiceChannelsFixed:
            return False

    assert sorted(at_once(lambda: fix("phone"), lambda: fix("sip"))) == [False, True]
    assert VoiceChannel.objects.count() == 1
