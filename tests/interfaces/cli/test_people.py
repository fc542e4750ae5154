"""`quartermaster workspace|bot|key create`."""

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import ApiKey, Bot, Workspace
from quartermaster.store.wallets.models import Lot
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


def test_a_workspace_with_bots_and_keys(shell: Shell) -> None:
    made = shell.json("workspace", "create", "acme", "--time-zone", "Europe/Berlin")
    found = Workspace.objects.get()
    assert made == {"workspace": found.public_id, "name": "acme"}
    assert (found.time_zone, found.created_at) == ("Europe/Berlin", shell.at)
    assert Lot.objects.get().granted_micro == 500 * MICRO
    bot = shell.json("bot", "create", "helpdesk", "--inactivity", "1h")
    kept = Bot.objects.get()
    assert bot == {"bot": kept.public_id, "name": "helpdesk"}
    assert kept.inactivity_seconds == 3_600
    key = shell.json("key", "create", "door")
    assert people.find_workspace_by_key(key["secret"]) == found
    assert ApiKey.objects.get().public_id == key["key"]
    assert key["secret"] not in str(bytes(ApiKey.objects.get().digest))


def test_people_get_a_table(shell: Shell) -> None:
    lines = shell.text("workspace", "create", "acme").splitlines()
    assert [line.split()[0] for line in lines] == ["workspace", "name"]


def test_free_credit_may_be_none_or_other(shell: Shell) -> None:
    shell.text("workspace", "create", "none", "--free-credits", "0")
    assert not Lot.objects.exists()
    shell.text("workspace", "create", "some", "--free-credits", "99.50", "--free-days", "30")
    lot = Lot.objects.get()
    assert lot.expires_at is not None
    assert (lot.granted_micro, (lot.expires_at - shell.at).days) == (99_500_000, 30)


def test_a_workspace_goes_by_name_or_id(shell: Shell) -> None:
    first = shell.json("workspace", "create", "one")["workspace"]
    shell.text("workspace", "create", "two")
    shell.text("bot", "create", "b", "--workspace", "two")
    shell.text("bot", "create", "b", "-w", first)
    assert sorted(Bot.objects.values_list("workspace__name", flat=True)) == ["one", "two"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("workspace", "create", ""), "A name has 1 to 200"),
        (("workspace", "create", "x" * 201), "A name has 1 to 200"),
        (("workspace", "create", "a\nb"), "A name has 1 to 200"),
        (("workspace", "create", "acme"), "'acme' exists already"),
        (("workspace", "create", "x", "--time-zone", "Mars/Base"), "no time zone 'Mars/Base'"),
        (("workspace", "create", "x", "--time-zone", "../etc"), "no time zone '../etc'"),
        (("workspace", "create", "x", "--free-credits", "lots"), "--free-credits"),
        (("workspace", "create", "x", "--free-credits", "nan"), "--free-credits"),
        (("workspace", "create", "x", "--free-credits", "1e99"), "--free-credits"),
        (("workspace", "create", "x", "--free-credits", "-1"), "amount must be more than zero"),
        (("workspace", "create", "x", "--free-days", "0"), "--free-days"),
        (("workspace", "create", "x", "--free-days", "9999999"), "--free-days"),
        (("workspace", "create"), "'name'"),
        (("bot", "create", ""), "A name has 1 to 200"),
        (("bot", "create", "helpdesk"), "'helpdesk' already"),
        (("bot", "create", "b", "--inactivity", "4m"), "--inactivity"),
        (("bot", "create", "b", "--inactivity", "soon"), "--inactivity"),
        (("bot", "create", "b", "--workspace", "nobody"), "no workspace 'nobody'"),
        (("key", "create", ""), "A name has 1 to 200"),
        (("key", "create", "--workspace", "nobody"), "no workspace 'nobody'"),
        (("key", "create", "--format", "xml"), "--format"),
        (("shout",), "shout"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_makes_nothing(
    shell: Shell, words: tuple[str, ...], says: str
) -> None:
    shell.text("workspace", "create", "acme")
    shell.text("bot", "create", "helpdesk")
    error = shell.error(*words)
    assert says in error
    assert "Traceback" not in error
    counts = (Workspace.objects.count(), Bot.objects.count(), ApiKey.objects.count())
    assert counts == (1, 1, 0)


def test_several_or_no_workspaces_must_be_named(shell: Shell) -> None:
    assert "no workspace yet" in shell.error("bot", "create", "b")
    shell.text("workspace", "create", "one")
    shell.text("workspace", "create", "two")
    assert "--workspace" in shell.error("bot", "create", "b")
