"""The demo workspace is made once and whole."""

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.metering.models import EventBatch
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets.models import Wallet
from quartermaster.usecases.usage.open_demo import open_demo
from tests.books import LOG, NOW, assert_books_hold, drain, talk

pytestmark = pytest.mark.django_db


def test_a_second_time_changes_nothing() -> None:
    paid = {"helpdesk": 5 * MICRO, "bookings": 0}
    made = open_demo(LOG, "demo", paid, talk("u0 b1 u20"), NOW)
    assert made is not None
    assert open_demo(LOG, "demo", paid, talk("u0"), NOW) is None
    assert Workspace.objects.filter(name="demo").count() == 1
    assert Wallet.objects.get(bot__name="helpdesk", bot__workspace=made).paid_micro == 5 * MICRO
    assert sum(one.sessions for one in drain()) == 1 + 1
    assert_books_hold()


def test_a_month_that_cannot_be_made_leaves_nothing() -> None:
    def broken() -> object:
        yield talk("u0")[0]
        raise RuntimeError("the month ends here")

    with pytest.raises(RuntimeError, match="ends here"):
        open_demo(LOG, "demo", {"helpdesk": 0}, broken(), NOW)  # type: ignore[arg-type]
    assert not Workspace.objects.filter(name="demo").exists()
    assert not Bot.objects.filter(name="helpdesk", workspace__name="demo").exists()
    assert not EventBatch.objects.filter(request_id__startswith="demo:").exists()
