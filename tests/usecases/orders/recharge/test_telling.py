"""Auto-recharge is told of where it happens: once, and with it."""

from quartermaster.store.notices.models import Notice
from quartermaster.store.orders.models import Order
from quartermaster.usecases.ports.gateways import Decline
from tests.books import NOW
from tests.usecases.orders.recharge.saver import DAY, HOUR, Saver
from tests.usecases.told import assert_undone_with, told

WHEN = "22 Nov 2026, 12:00 UTC"
SETTING = {
    "Auto-Recharge Status": "Activated",
    "Auto Recharge Amount": "$100.00",
    "Minimum Credit to be Maintained": "$50.00",
}


def test_it_is_switched_on_and_off(saver: Saver) -> None:
    assert_undone_with(saver.set)
    saver.set()
    saver.set()
    assert told("recharge.enabled") == [
        {
            "Bot Name": "helpdesk",
            "Auto Reload Status": "Activated",
            "Auto Reload Amount": "$100.00",
            "Minimum Credit to be Maintained": "$50.00",
            "Payment": "Visa 4242",
        }
    ]
    assert_undone_with(saver.off)
    saver.off()
    saver.off()
    assert told("recharge.disabled") == [
        {"Bot Name": "helpdesk", "Auto Reload Status": "Not Activated"}
    ]


def test_what_it_buys(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.run()
    saver.run()
    assert told("recharge.completed") == [
        {
            "Bot Name": "helpdesk",
            "Previous Balance": "$40.00",
            "Order Amount": "$100.00",
            "Purchase Date": WHEN,
            "Current Balance": "$140.00",
            **SETTING,
        }
    ]
    assert Notice.objects.get(key="recharge.completed").to == "bot_owner"
    saver.shop.pay_page(saver.shop.fund())
    assert told("purchase.completed")[-1].items() >= SETTING.items()


def test_what_is_declined_until_it_is_off(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.next = [Decline.DECLINED] * 4
    for wait in (0 * HOUR, 2 * HOUR, 8 * HOUR, 2 * DAY):
        saver.later(wait)
    failed = told("recharge.failed.card")
    assert len(failed) == Order.objects.filter(kind="recharge", state="failed").count() == 4
    assert failed[0] == {
        "Plan": "Credit",
        "Price": "$100.00",
        "Previous Charge Attempted On": WHEN,
        "Invoiced Amount": "$100.00",
        "Payment Method": "Visa 4242",
    }
    assert len(told("recharge.disabled")) == 1
    assert Notice.objects.get(key="recharge.disabled").at > NOW
