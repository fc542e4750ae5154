"""`quartermaster migrate`, and help for whoever asks."""

from decimal import Decimal

import pytest
import typer
from typer.testing import CliRunner

from quartermaster.interfaces.cli.running import services
from quartermaster.interfaces.cli.running.services import Migrated
from quartermaster.store.catalog import queries
from quartermaster.usecases.plans.fix_voice_channels import VoiceChannelsFixed
from quartermaster.usecases.plans.publish_prices import PriceChange
from quartermaster.usecases.ports import ArchiveDamaged
from quartermaster.usecases.usage.recount_peaks import Recount
from tests.interfaces.cli.shell import Shell


def test_each_change_of_a_price_is_told() -> None:
    changes = [
        PriceChange("billing_session", Decimal("0.1000000000"), Decimal("0.20")),
        PriceChange("alert", None, Decimal(0)),
        PriceChange("api_session", None, Decimal("0.005")),
        PriceChange("notification", Decimal(2), Decimal(0)),
    ]
    app = typer.Typer()
    services.register(app, lambda stop: None, lambda: None, lambda: Migrated(changes))
    assert CliRunner().invoke(app, ["migrate"]).stdout.splitlines() == [
        "billing_session: $0.10 → $0.20",
        "api_session: $0.005",
        "notification: $2.00 → $0.00",
        "The database is up to date; prices published: 4.",
    ]


def test_workspaces_whose_peaks_were_counted_are_told() -> None:
    recounts = [Recount("wsp_a"), Recount("wsp_b", ArchiveDamaged("no file x"))]
    app = typer.Typer()
    services.register(app, lambda stop: None, lambda: None, lambda: Migrated([], recounts))
    told = CliRunner().invoke(app, ["migrate"])
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == "wsp_a: peaks of seats counted again"
    expected = "Error: wsp_b: peaks of seats not counted: no file x (archive_damaged)"
    assert told.stderr.strip() == expected


@pytest.mark.django_db
def test_what_is_not_set_leaves_prices_and_voice_channels_alone(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERMASTER_PRICE_BILLING_SESSION", "0.10")
    monkeypatch.setenv("QUARTERMASTER_VOICE_CHANNELS", "sip,phone")
    assert shell.text("migrate").splitlines()[0] == "billing_session: $0.10"
    monkeypatch.delenv("QUARTERMASTER_PRICE_BILLING_SESSION")
    monkeypatch.delenv("QUARTERMASTER_VOICE_CHANNELS")
    assert shell.text("migrate").splitlines() == [
        "The database is up to date; prices published: 0."
    ]
    assert queries.latest_price("billing_session") == Decimal("0.1")
    assert queries.voice_channels() == {"phone", "sip"}
    monkeypatch.setenv("QUARTERMASTER_VOICE_CHANNELS", "voice")
    with pytest.raises(VoiceChannelsFixed, match="begun with phone,sip"):
        shell.run("migrate")


@pytest.mark.parametrize("words", [("-h",), ("usage", "-h"), ("credits", "grant", "-h")])
def test_help_has_a_short_name(shell: Shell, words: tuple[str, ...]) -> None:
    assert "Usage: quartermaster" in shell.text(*words).replace("root", "quartermaster")
