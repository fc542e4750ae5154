"""The guide's code, and every method, against a server that runs."""

import contextlib
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from quartermaster.adapters import catalog_file
from quartermaster.client import ApiProblem, Client
from quartermaster.client.invoices import Profile
from quartermaster.client.orders import NamedInvoice
from tests.acceptance.installation import Installation, Up, on_the_tests_server

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/client.md"
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
ADDRESS, KEY = "http://127.0.0.1:8000", "qm_…"


@dataclass(frozen=True)
class Server:
    """A running installation with a workspace that has a bot `helpdesk`."""

    ours: Installation
    up: Up
    key: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.up.port}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as home, on_the_tests_server(Path(home)) as ours:
        assert ours.run("migrate").returncode == 0
        ours.json("workspace", "create", "acme")
        ours.json("bot", "create", "helpdesk", "-w", "acme")
        key = ours.json("key", "create", "-w", "acme")["secret"]
        example = Path(catalog_file.__file__).with_name("catalog.yaml")
        ours.json("catalog", "publish", str(example))
        with ours.up() as up:
            yield Server(ours, up, key)


def test_the_guide_says_what_happens(server: Server) -> None:
    names: dict[str, Any] = {}
    blocks = [(kind, text) for kind, text in BLOCK.findall(GUIDE.read_text()) if "pip" not in text]
    shown = ""
    for kind, text in blocks:
        if kind == "python":
            assert shown == "", "what was printed before is not in the guide"
            printed = io.StringIO()
            code = text.replace(ADDRESS, server.address).replace(KEY, server.key)
            with contextlib.redirect_stdout(printed):
                exec(compile(code, str(GUIDE), "exec"), names)
            shown = printed.getvalue()
            server.up.metered()
        else:
            assert text == shown
            shown = ""
    assert sum(kind == "python" for kind, _ in blocks) == 9
    names["client"].close()


def test_the_clock_of_a_test_workspace_is_moved_on(server: Server) -> None:
    ours = server.ours
    ours.json("workspace", "create", "rehearsal", "--test", "--free-days", "10")
    key = ours.json("key", "create", "-w", "rehearsal")["secret"]
    with Client(server.address, key) as client, Client(server.address, server.key) as others:
        end = client.clock().at + timedelta(days=40)
        moved = client.move_clock(end)
        assert [one.what for one in moved.happened] == ["credits_lapsed"]
        assert client.move_clock(end).happened == []
        assert client.clock().at == moved.end == end
        assert client.free_credits().left == 0
        assert not others.clock().is_frozen
        assert others.free_credits().left > 0
        with pytest.raises(ApiProblem) as no:
            others.move_clock(end)
        assert (no.value.status, no.value.code) == (403, "clock_runs")


def test_every_method_has_its_answer(server: Server) -> None:
    with Client(server.address, server.key) as client:
        at = datetime.now(UTC)
        held = {"bot": "helpdesk", "agent": "joe", "product": "agent_ai", "time": at}
        talked = {"type": "message", "bot": "helpdesk", "time": at, "sender": "user"}
        events = [
            {"id": "a1", "type": "agent.logged_in", **held},
            *({"id": f"x{number}", "user": f"x{number}", **talked} for number in range(3)),
        ]
        [sent] = client.send_all(events)
        assert (len(sent.accepted), sent.rejected) == (4, [])
        server.up.metered()
        seats = client.seats(product="agent_ai", range="24h", by="month")
        assert (seats.peak, seats.agents, seats.peaks[-1].agents) == (1, ["joe"], 1)
        since = at.date() - timedelta(days=1)
        listed = list(client.sessions(from_=since, limit=600, bot="helpdesk"))
        assert listed == list(client.export_sessions(from_=since, bot="helpdesk"))
        assert len({one.id for one in listed}) == len(listed) >= 3
        explained = client.session(listed[0].id)
        assert explained.charges[0].amount == listed[0].charge
        moved = list(client.transfers(limit=600))
        assert len(moved) == len(listed) + 1
        assert client.explain(moved[0].id).transfer == moved[0]
        wallet = client.wallet("helpdesk")
        assert wallet.free == client.free_credits().left
        assert wallet.may_serve == client.gate("helpdesk").may_serve
        suggestion = client.suggestion("helpdesk", product="automation_ai")
        assert (suggestion.options[0].total, suggestion.is_enough) == (0, False)
        assert client.usage(by="bot").rows[0].group == "helpdesk"
        clock = client.clock()
        assert (clock.is_test, clock.is_frozen, clock.time_zone) == (False, False, "UTC")
        sold = client.catalog()
        assert (sold.publication, sold.is_example, len(sold.offers)) == (1, True, 17)
        assert sold.offers[0].fees.monthly == 50
        entitled = client.entitlements("helpdesk")
        assert [one.plan for one in entitled.products] == [None] * 4
        assert client.tell_limit("helpdesk", "agent_ai", "faqs", 7).used == 7
        one = client.entitlement("helpdesk", "agent_ai", "faqs")
        assert (one.kind, one.may_use, one.limit, one.used) == ("limit", True, None, 7)
        check = client.check_seat("helpdesk", "agent_ai", "joe/x")
        assert (check.may_log_in, check.status, check.agent) == (False, "no_seats", "joe/x")
        with pytest.raises(ApiProblem, match="not_named"):
            client.assign_seat("helpdesk", "agent_ai", "joe/x")
        assert client.release_seat("helpdesk", "agent_ai", "joe/x").assigned_at is None
        compared = client.compare_plans("contact_center_ai")
        assert [one.name for one in compared.plans] == ["essential", "advanced", "enterprise"]
        server.ours.json("contracts", "agree", "-w", "acme", "--commitment", "100")
        agreed = client.contract()
        assert (agreed.commitment, agreed.so_far.lines[-1].what) == (100, "true_up")
        assert client.statements() == []
        with pytest.raises(ApiProblem):
            client.statement("stm_1")
        keys = {one.key for one in compared.plans}
        assert keys < {one.key for one in sold.offers}


def test_buying(server: Server) -> None:
    ours = server.ours
    ours.json("workspace", "create", "shop")
    ours.json("bot", "create", "helpdesk", "-w", "shop")
    key = ours.json("key", "create", "-w", "shop")["secret"]
    with Client(server.address, key) as client:
        offer, place = "plan/contact_center_ai/essential", "contact_center_ai"
        assert client.start_trial("helpdesk", offer).state == "trialing"
        wanted = {"cadence": "annual", "seats": 2}
        preview = client.preview_order("helpdesk", offer, **wanted)
        made = client.place_order("helpdesk", offer, "first", **wanted)
        assert made.total == preview.total == sum(line.amount for line in made.lines)
        assert [one.formula for one in made.lines] == [one.formula for one in preview.lines]
        assert client.place_order("helpdesk", offer, "first", **wanted) == made
        waits = client.pay_order(made.id)
        assert [one.outcome for one in waits.payments] == [None], "it is paid by hand"
        assert client.order(made.id) == waits
        ours.json("orders", "paid", made.id, "-w", "shop")
        assert client.order(made.id).state == "fulfilled"
        [listed] = client.invoices(kind="invoice")
        assert client.order(made.id).invoice == NamedInvoice(listed.id, listed.number)
        opened = client.invoice(listed.number)
        assert [line.made_of.id for line in opened.lines] == [made.id] * len(opened.lines)
        assert client.print_invoice(listed.id, "text/html").startswith(b"<!doctype html>")
        profile = client.set_billing_profile(Profile(name="Ann", country="fr"))
        assert (profile.country, client.billing_profile()) == ("FR", profile)
        [has] = client.subscriptions("helpdesk")
        assert (has.state, has.cadence, has.next) == ("active", "annual", None)
        assert client.cancel_subscription("helpdesk", place).is_ending
        assert not client.keep_subscription("helpdesk", place).is_ending
        other = client.place_order("helpdesk", "support/enhanced")
        assert client.cancel_order(other.id).state == "canceled"
        assert [one.id for one in client.orders(limit=1)] == [other.id, made.id]


def test_paying(server: Server) -> None:
    """As far as it goes where nobody takes cards."""
    ours = server.ours
    ours.json("workspace", "create", "buyer")
    ours.json("bot", "create", "helpdesk", "-w", "buyer")
    key = ours.json("key", "create", "-w", "buyer")["secret"]
    with Client(server.address, key) as client:
        draft = client.add_funds("helpdesk", Decimal("150.50"), is_draft=True)
        assert (draft.state, draft.offer, draft.due) == ("draft", None, Decimal("150.50"))
        assert client.submit_order(draft.id).steps[0].event == "submitted"
        waits = client.pay_by_wire(draft.id)
        assert (waits.state, client.pay_by_wire(draft.id)) == ("pending_clearance", waits)
        ours.json("orders", "paid", draft.id, "-w", "buyer")
        paid = client.order(draft.id)
        assert (paid.due, paid.paid, paid.refunded) == (0, Decimal("150.50"), 0)
        [payment] = paid.payments
        assert (payment.kind, payment.outcome, payment.refunds) == ("by_hand", "succeeded", [])
        assert client.wallet("helpdesk").paid == Decimal("150.50")
        back, order = "https://example.com/", client.add_funds("helpdesk", 100).id
        assert client.payment_methods() == []
        for ask, code in (
            (lambda: client.check_out(order, "card", back), "method_not_taken"),
            (lambda: client.save_method("paypal", back), "method_not_taken"),
            (lambda: client.pay_order(order, "pm_none"), "not_found"),
            (lambda: client.saved_method("set_none"), "not_found"),
            (lambda: client.choose_method("pm_none"), "not_found"),
            (lambda: client.replace_method("pm_none", "pm_other"), "not_found"),
            (lambda: client.remove_method("pm_none"), "not_found"),
        ):
            with pytest.raises(ApiProblem) as no:
                ask()
            assert no.value.code == code


def test_auto_recharge(server: Server) -> None:
    terms = {"amount": "100", "threshold": "50"}
    with Client(server.address, server.key) as client:
        found = client.auto_recharge("helpdesk")
        assert (found.is_on, found.terms, found.why_not) == (False, None, "not_on")
        assert client.preview_auto_recharge("helpdesk", **terms).charges == []
        with pytest.raises(ApiProblem, match="bad_recharge"):
            client.set_auto_recharge("helpdesk", **terms)
        with pytest.raises(ApiProblem, match="not_found"):
            client.switch_off_auto_recharge("helpdesk")
