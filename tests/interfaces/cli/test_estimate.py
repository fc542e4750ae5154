"""`quartermaster estimate`: tables, JSON, options, and the real messages against the SQL twin."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from quartermaster.adapters import event_files
from quartermaster.interfaces.cli import choices, estimate
from tests import shared_input
from tests.core import twin

LOG = """id,time,bot,user,direction,channel
1,2026-03-01T09:30:00Z,helpdesk,ann,inbound,web
2,2026-03-01T09:46:00Z,helpdesk,ann,inbound,web
3,2026-03-01T09:30:00Z,bookings,bob,inbound,phone
3,2026-03-01T09:30:00Z,bookings,bob,inbound,phone
4,yesterday,bookings,bob,inbound,phone
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(estimate.build(event_files.columns))
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "100"})


def figures(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_json_for_programs(log: Path) -> None:
    found = figures(log)
    expected = {"messages": 3, "conversations": 3, "interactive_conversations": 3, "sessions": 3}
    expected |= {"duplicates": 1, "conflicting": 0, "rejected": 1, "cost": "0.60"}
    assert {name: found[name] for name in expected} == expected
    assert [(bot["bot"], bot["sessions"]) for bot in found["bots"]] == [
        ("helpdesk", 2),
        ("bookings", 1),
    ]


def test_a_table_for_people(log: Path) -> None:
    result = run(log)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["Billing", "sessions", "3"] in lines
    assert ["Cost", "$0.60"] in lines
    assert ["Rejected", "rows", "1"] in lines
    assert lines.index(["helpdesk", "2", "2", "2", "$0.40"]) < lines.index(
        ["bookings", "1", "1", "1", "$0.20"]
    )
    assert result.stderr == ""


def test_options_change_the_figures(log: Path) -> None:
    assert figures(log, "--inactivity", "1h")["conversations"] == 2
    assert figures(log, "--price", "1.25")["cost_micro"] == 3_750_000
    assert figures(log)["voice_sessions"] == 0
    assert (
        figures(log, "--voice-channel", "voice", "--voice-channel", "phone")["voice_sessions"] == 1
    )


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--inactivity", "15", "no duration such as"),
        ("--inactivity", "4m", "from 5m to 14d"),
        ("--inactivity", "15d", "from 5m to 14d"),
        ("--price", "-1", "no price"),
        ("--price", "nan", "no price"),
        ("--price", "much", "no price"),
        ("--format", "xml", "xml"),
    ],
)
def test_a_bad_option_is_named(log: Path, option: str, value: str, says: str) -> None:
    result = run(log, option, value)
    assert result.exit_code == 2
    assert option in result.stderr
    assert says in result.stderr
    assert result.stdout == ""


def test_durations() -> None:
    texts = ("300s", "15m", "1h", "2d", "14d")
    assert [choices.inactivity_seconds(text) for text in texts] == [
        *(300, 900, 3_600, 172_800, 1_209_600)
    ]


@pytest.mark.parametrize("name", ["log.txt", "missing.csv"])
def test_a_refusal_is_one_line_on_stderr(tmp_path: Path, name: str) -> None:
    result = run(tmp_path / name)
    assert result.exit_code == 2
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith(f"Error: {name}: ")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for folder in (".", tmp_path):
        result = run(folder)
        assert result.exit_code == 2
        assert "directory" in result.stderr


def test_real_messages_come_to_what_sql_says() -> None:
    path = shared_input.support_messages()
    found = figures(path)
    with duckdb.connect(config={"threads": 1}) as connection:
        twin.ask_file(connection, str(path))
        theirs = {each.bot: each for each in twin.figures(connection)}
    assert found["messages"] == 4_840
    assert {bot["bot"]: bot["sessions"] for bot in found["bots"]} == {
        name: each.billing for name, each in theirs.items()
    }
    assert {bot["bot"]: bot["conversations"] for bot in found["bots"]} == {
        name: each.conversations for name, each in theirs.items()
    }
    assert (found["sessions"], found["interactive_conversations"]) == (2_267, 2_109)
