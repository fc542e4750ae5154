"""`quartermaster funds-limits`."""

import pytest

from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


def test_set_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    assert shell.json("funds-limits", "show") == {
        "currency": "USD",
        "least": "100.00",
        "most": "20000.00",
    }
    yen = ("--currency", "jpy")
    shell.json("funds-limits", "set", *yen, "--most", 3_000_000, "--least", 10_000)
    assert shell.json("funds-limits", "set", *yen, "--least", 5_000)["most"] == "3000000"
    assert "5000" in shell.text("funds-limits", "show", *yen)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--least", "0"), "least"),
        (("--least", "300", "--most", "200"), "most"),
        (("--least", "1.005"), "decimals"),
        (("--least", "5", "--currency", "dollar"), "currency"),
    ],
)
def test_what_cannot_be_sold_is_refused(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    shell = Shell(monkeypatch)
    assert words in shell.error("funds-limits", "set", *arguments)
    assert shell.json("funds-limits", "show")["least"] == "100.00"
