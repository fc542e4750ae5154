"""Adding funds, and having orders paid."""

from decimal import Decimal
from typing import Any

from ninja import NinjaAPI, Status

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.interfaces.api.orders.forms import ChargeIn, CheckoutOut, FundsIn, VisitIn
from quartermaster.interfaces.api.plans import forms
from quartermaster.interfaces.api.plans.forms import ACTED, ExplainedOrderOut, Key
from quartermaster.interfaces.api.questions import Shell
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import queries
from quartermaster.store.people import queries as people
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.open_page import Visit, open_page
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.submit_order import submit_order
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.reports.explain_order import explain_order


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    _ordering(api, shell)

    @api.post(
        "/orders/{order}/checkout",
        response={200: CheckoutOut, **ACTED},
        summary="Send the buyer to a payment page",
    )
    def check_out(request: Any, order: str, wanted: VisitIn) -> dict[str, Any]:
        """The page of the payment provider; asked again, the same one. Another attempt that waits
        is withdrawn first."""
        found = queries.get_of(request.auth.id, order)
        visit = Visit(MethodKind(wanted.method), wanted.return_url, wanted.is_saved)
        payment = open_page(shell.gateways, found, visit, lambda: shell.now(request.auth))
        return {"order": order, "payment": payment.public_id, "url": payment.url}

    @api.post(
        "/orders/{order}/pay",
        response={200: ExplainedOrderOut, **ACTED},
        summary="Pay an order with a saved method",
    )
    def pay_order(request: Any, order: str, wanted: ChargeIn | None = None) -> dict[str, Any]:
        """Asks whoever keeps it. A page that is open is withdrawn first; if it was paid by then,
        the answer is the order that it paid. An attempt with the same method whose outcome is not
        known is asked for again; after one that was declined another is made."""
        found = queries.get_of(request.auth.id, order)
        named = wanted and wanted.method
        method = billing.get_of(request.auth.id, named) if named else None
        paid = collect_payment(shell.gateways, found, lambda: shell.now(request.auth), method)
        return forms.explained(explain_order(paid))

    @api.post(
        "/orders/{order}/wire",
        response={200: ExplainedOrderOut, **ACTED},
        summary="Pay an order by wire",
    )
    def wire_order(request: Any, order: str) -> dict[str, Any]:
        """The order waits for the wire, for thirty days; every other way to pay stays open.
        Another attempt that waits is withdrawn first."""
        found = queries.get_of(request.auth.id, order)
        now = lambda: shell.now(request.auth)  # noqa: E731
        waiting = choose_wire(shell.gateways, found.id, now, request.by)
        return forms.explained(explain_order(waiting))


def _ordering(api: NinjaAPI, shell: Shell) -> None:
    @api.post("/bots/{bot}/funds", response={201: ExplainedOrderOut, **ACTED}, summary="Add funds")
    def order_funds(request: Any, bot: str, wanted: FundsIn, key: Key) -> Any:
        """An order of credit for the bot's wallet; the credit comes when it is paid."""
        found = people.get_bot(request.auth, bot)
        amount_minor = money.payable_minor(Decimal(wanted.amount), request.auth.currency)
        funds = Funds(found, amount_minor, request.by, wanted.is_draft)
        named = public_ids.keyed(request.auth.public_id, key)
        made = add_funds(funds, named, shell.now(request.auth))
        return Status(201, forms.explained(explain_order(made)))

    @api.post(
        "/orders/{order}/submit",
        response={200: ExplainedOrderOut, **ACTED},
        summary="Submit a draft",
    )
    def send_order(request: Any, order: str) -> dict[str, Any]:
        """It is to be paid from now on. Twice is once."""
        found = queries.get_of(request.auth.id, order)
        sent = submit_order(found.id, shell.now(request.auth), request.by)
        return forms.explained(explain_order(sent))
