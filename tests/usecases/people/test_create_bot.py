"""A bot begins with an empty wallet and accounts of its own."""

import pytest

from quartermaster.core.ledger.accounts import PER_BOT
from quartermaster.store.ledger.models import Account
from quartermaster.store.people import queries
from quartermaster.store.people.models import Bot
from quartermaster.store.people.operations import NameTaken
from quartermaster.store.wallets.models import Wallet
from quartermaster.usecases.people._names import BadName
from quartermaster.usecases.people.create_bot import InactivityOutOfRange, create_bot
from tests.books import NOW, assert_books_hold, open_books
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db


@in_a_transaction
def test_it_begins_with_an_empty_wallet() -> None:
    workspace = open_books().workspace
    bot = create_bot(workspace, "helpdesk", 900, NOW)
    assert bot.public_id.startswith("bot_")
    assert (bot.inactivity_seconds, bot.created_at) == (900, NOW)
    wallet = Wallet.objects.get(bot=bot)
    assert (wallet.paid_micro, wallet.free_drawn_micro, wallet.paid_expires_at) == (0, 0, None)
    assert set(Account.objects.filter(bot=bot).values_list("kind", flat=True)) == PER_BOT
    assert queries.bot_names(workspace) == {"helpdesk": bot.id, bot.public_id: bot.id}
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize("seconds", [5 * 60, 14 * 86_400])
def test_the_bounds_of_inactivity_do(seconds: int) -> None:
    bot = create_bot(open_books().workspace, "helpdesk", seconds, NOW)
    assert bot.inactivity_seconds == seconds


@in_a_transaction
@pytest.mark.parametrize("seconds", [5 * 60 - 1, 14 * 86_400 + 1, 0, -900])
def test_inactivity_beyond_them_is_refused(seconds: int) -> None:
    with pytest.raises(InactivityOutOfRange) as refused:
        create_bot(open_books().workspace, "helpdesk", seconds, NOW)
    assert refused.value.field == "inactivity"
    assert not Bot.objects.exists()


@in_a_transaction
@pytest.mark.parametrize("name", ["", "x" * 201, "a\tb", "a\x00b", "\udfff"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadName) as refused:
        create_bot(open_books().workspace, name, 900, NOW)
    assert refused.value.field == "name"


@in_a_transaction
def test_a_name_is_taken_in_its_workspace_alone() -> None:
    first, second = open_books("helpdesk"), open_books()
    with pytest.raises(NameTaken) as refused:
        create_bot(first.workspace, "helpdesk", 900, NOW)
    assert refused.value.field == "name"
    create_bot(second.workspace, "helpdesk", 900, NOW)
    assert Bot.objects.count() == Wallet.objects.count() == 2


@pytest.mark.usefixtures("committed")
def test_two_of_one_name_at_once() -> None:
    workspace = open_books().workspace
    made = at_once(*[lambda: create_bot(workspace, "helpdesk", 900, NOW)] * 3)
    assert [type(one) for one in made if isinstance(one, Exception)] == [NameTaken] * 2
    assert Bot.objects.count() == Wallet.objects.count() == 1
