"""`quartermaster up`: from nothing to an answering gate, again and again, then gone."""

import json
import re
import signal
import socket
from pathlib import Path
from typing import Any

import facturx
import httpx
import psutil
import pytest

from tests.acceptance.installation import Installation, Up, free_port, until
from tests.fakes.sandbox import Buyer


def greeting(up: Up) -> dict[str, str]:
    """What it said by the first words of each line."""
    [where] = re.findall(r"Quartermaster is at (\S+)", "\n".join(up.lines))
    found = {"address": where}
    for line in up.lines:
        name, _, rest = line.partition("  ")
        found[name.strip()] = rest.strip()
    return found


def pay_by_card(up: Up, key: dict[str, str], address: str) -> None:
    """Credit for a bot of the demo is bought on the page of its sandbox, which gives notice."""
    wanted = b'{"amount": "100.00"}'
    order = up.ask("/v1/bots/helpdesk/funds", wanted, key | {"Idempotency-Key": "funds"}).json
    visit = json.dumps({"method": "card", "return_url": "https://shop.example/"}).encode()
    page = up.ask(f"/v1/orders/{order['id']}/checkout", visit, key).json["url"]
    assert page.startswith(address)
    with httpx.Client(base_url=address) as browser:
        Buyer(browser).pay(page)
    place = f"/v1/orders/{order['id']}"
    until(lambda: up.ask(place, headers=key).json["state"] == "fulfilled", why="no notice came")


def buy(up: Up, key: dict[str, str]) -> dict[str, Any]:
    """A plan for a bot of the demo, where everybody pays."""
    wanted = b'{"offer": "plan/agent_ai/essential"}'
    made = up.ask("/v1/bots/helpdesk/orders", wanted, key).json
    paid: dict[str, Any] = up.ask(f"/v1/orders/{made['id']}/pay", b"{}", key).json
    return paid


def test_the_demo_runs_at_once_and_is_still_there_afterwards(
    at_home: Installation, home: Path
) -> None:
    with at_home.up("--demo") as up:
        first = greeting(up)
        assert first["address"] == f"http://127.0.0.1:{up.port}"
        assert re.fullmatch(r"owner@demo\.example / \S{12}", first["Demo login"])
        assert first["API key"].startswith("qm_")
        month = r"[\d,]+ messages became [\d,]+ billing sessions and \$[\d,]+\.\d\d"
        assert re.fullmatch(month, first["Demo month"])
        key = {"Authorization": f"Bearer {first['API key']}"}
        assert first["Try"] == f"curl -H '{' '.join(map(': '.join, key.items()))}' " + (
            f"{first['address']}/v1/bots/helpdesk/gate"
        )
        gate = up.ask("/v1/bots/helpdesk/gate", headers=key)
        assert (gate.status, gate.json["may_serve"]) == (200, True)
        assert up.ask("/v1/bots/helpdesk/gate").status == 401
        assert up.ask("/v1/catalog", headers=key).json["publication"] == 1
        taken = at_home.run("up", "--port", up.port)
        assert taken.returncode == 2
        assert f"cannot listen on 127.0.0.1:{up.port}" in taken.stderr
        assert "choose" in taken.stderr
        ann = ("name=Ann", "address=Torstr. 1", "city=Berlin", "country=DE")
        at_home.json("billing-profile", "set", *ann, "-w", "demo")
        pay_by_card(up, key, first["Payments"].split()[0])
        assert "Sandbox Merchant Ltd" in electronic_invoice(up, key)
        assert second_terminal(at_home).startswith(first["Payments"].split()[0])
        assert "4242 4242 4242 4242" in first["Test cards"]
        before = figures(at_home)
        assert up.stop() == 0
    assert not processes_of(home)
    pretending = Installation(at_home.environ | {"QUARTERMASTER_PAYMENTS": "pretend"})
    with pretending.up("--demo") as up:
        again = greeting(up)
        assert {name: again[name] for name in ("Demo login", "API key", "Demo month")} == {
            name: first[name] for name in ("Demo login", "API key", "Demo month")
        }
        assert "Payments" not in again
        assert figures(at_home) == before
        sold = up.ask("/v1/catalog", headers=key).json
        assert (sold["publication"], sold["is_example"]) == (1, True), "published once"
        assert buy(up, key | {"Idempotency-Key": "first"})["state"] == "fulfilled"
        assert up.stop(signal.SIGTERM) == 0
    assert not processes_of(home)
    at_home.prove()


def electronic_invoice(up: Up, key: dict[str, str]) -> str:
    """The XML in the PDF of the only invoice."""
    [one] = up.ask("/v1/invoices", headers=key).json["invoices"]
    assert one["number"] == "DEMO-000001"
    pdf = up.ask(f"/v1/invoices/{one['id']}", headers=key | {"Accept": "application/pdf"})
    assert pdf.status == 200
    _, xml = facturx.get_xml_from_pdf(pdf.body)
    return str(xml.decode())


def second_terminal(beside: Installation) -> str:
    """The page on which an order of a command is paid."""
    made = beside.json("orders", "funds", "helpdesk", "100", "-w", "demo")
    words = ("checkout", made["id"], "--method", "card", "--return-url", "https://shop.example/")
    otherwise = Installation(beside.environ | {"QUARTERMASTER_PAYMENTS": "by_hand"})
    assert "method_not_taken" in otherwise.run("orders", *words).stderr, "what is said wins"
    page: str = beside.json("orders", *words)["url"]
    return page


def figures(installation: Installation) -> object:
    """All that the demo has used."""
    return installation.json("usage", "-w", "demo", "--from", "2026-01-01")["usage"]


def processes_of(home: Path) -> list[str]:
    """Command lines that name the home, such as the embedded database's."""
    lines = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(home) in line]


def test_a_busy_port_is_told_before_anything_is_made(bare: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = bare.run("up", "--port", port)
        assert done.returncode == 2
        assert f"127.0.0.1:{port}" in done.stderr
        assert "Stop what uses it" in done.stderr
        done = bare.run("up", "--demo", "--port", free_port(), "--sandbox-port", port)
        assert done.returncode == 2
        assert f"127.0.0.1:{port}" in done.stderr
        assert "--sandbox-port" in done.stderr
        done = bare.run("up", "--demo", "--port", 8155)
        assert "are both 8155" in done.stderr
    assert "quartermaster migrate" in bare.run("usage").stderr, "nothing was migrated"


@pytest.mark.parametrize("words", [("usage",), ("verify",), ("workspace", "create", "w")])
def test_a_database_without_tables_says_what_to_do(
    bare: Installation, words: tuple[str, ...]
) -> None:
    done = bare.run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "Error: the database is not up to date: run `quartermaster migrate`"
    ]


def test_a_bad_setting_stops_up_with_a_clear_word(bare: Installation) -> None:
    bad = Installation(bare.environ | {"QUARTERMASTER_PRICE_BILLING_SESSION": "-1"})
    done = bad.run("up")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "QUARTERMASTER_PRICE_BILLING_SESSION='-1' must be a number from 0" in line
