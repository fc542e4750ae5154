"""`quartermaster recharge`."""

from datetime import timedelta

import pytest

from quartermaster.conf import wiring
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.fakes.provider import Provider
from tests.interfaces.cli.shell import Shell
from tests.usecases.orders.recharge.saver import Saver

pytestmark = pytest.mark.django_db
BOT = ("--bot", "helpdesk")
SET = ("recharge", "set", "100", *BOT, "--below", "150")


@pytest.fixture
def saver(monkeypatch: pytest.MonkeyPatch) -> Saver:
    """Whose provider is the installation's."""
    provider = Provider()
    monkeypatch.setattr(wiring, "gateways", lambda: Gateways((provider,)))
    made = books.open_books("helpdesk", price="1", free_micro=0)
    return Saver.opened(made, provider=provider)


@pytest.fixture
def shell(saver: Saver, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(monkeypatch)


def test_set_shown_and_switched_off(shell: Shell, saver: Saver) -> None:
    assert shell.json("recharge", "show", *BOT)["terms"] is None
    assert "not_on" in shell.text("recharge", "show", *BOT)
    made = shell.json(*SET, "--per-day", 2, "--per-month-amount", "900")
    assert (made["is_on"], made["terms"]["by"], made["next_amount"]) == (True, "operator", "100.00")
    caps = [made["terms"][name] for name in ("day_count", "day_amount", "month_count")]
    assert (caps, made["terms"]["month_amount"]) == ([2, None, None], "900.00")
    saver.run()
    assert "fulfilled" in shell.text("orders", "list")
    assert "succeeded" in shell.text("recharge", "show", *BOT)
    done = shell.json("recharge", "off", *BOT)
    assert (done["is_on"], done["terms"]["off_reason"]) == (False, "switched_off")


def test_what_cannot_be_is_told(shell: Shell) -> None:
    words = ("recharge", "set", "99", *BOT, "--below", "150")
    assert "bad_recharge" in shell.error(*words)
    assert "not_found" in shell.error("recharge", "off", *BOT)
    assert "not_found" in shell.error("recharge", "show", "--bot", "nobody")


def test_it_is_tried_out(shell: Shell) -> None:
    shell.at += timedelta(days=1)
    words = ("recharge", "preview", "100", *BOT, "--below", "150")
    found = shell.json(*words)
    assert (len(found["charges"]), found["total"]) == (1, "$100.00")
    assert "$100.00" in shell.text(*words)
    for amount, code in (("1", "bad_recharge"), ("20001", "to $20,000.00"), ("0.001", "too_fine")):
        words = ("recharge", "preview", amount, *BOT, "--below", "50")
        assert code in shell.error(*words)


def test_amounts_are_not_rounded(shell: Shell) -> None:
    words = ("recharge", "set", "100", *BOT, "--below", "150")
    for more in (("--per-day-amount", "150.005"), ("--per-month-amount", "150.005")):
        assert "amount_too_fine" in shell.error(*words, *more)
    assert "amount_too_fine" in shell.error("recharge", "set", "100.005", *BOT, "--below", "150")
    assert "amount_too_fine" in shell.error("recharge", "set", "100", *BOT, "--below", "150.005")


def test_times_are_the_workspaces(shell: Shell, saver: Saver) -> None:
    Workspace.objects.update(time_zone="Europe/Berlin")
    shell.text("recharge", "set", "100", *BOT, "--below", "200")
    assert "CET" in shell.text("recharge", "show", *BOT)
    assert "+00:00" in str(shell.json("recharge", "show", *BOT)["terms"]["set_at"])
