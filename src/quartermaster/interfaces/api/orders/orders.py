"""What was ordered."""

from typing import Any

from ninja import NinjaAPI, Query
from ninja.decorators import decorate_view

from quartermaster.core.formats import cursors
from quartermaster.interfaces.api import questions
from quartermaster.interfaces.api.plans import forms
from quartermaster.interfaces.api.plans.forms import (
    ACTED,
    ExplainedOrderOut,
    OrdersAsked,
    OrdersOut,
)
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import PROBLEMS, REVALIDATED, UNCHANGED
from quartermaster.store.invoices import queries as invoices
from quartermaster.store.orders import queries
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.reports.explain_order import explain_order


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""

    @api.get("/orders", response={200: OrdersOut, **PROBLEMS}, summary="Orders")
    def orders(request: Any, asked: Query[OrdersAsked]) -> dict[str, Any]:
        """The workspace's orders, the latest first."""
        bot = questions.find_bot(request.auth, asked.bot)
        place = asked.place()
        found = queries.of_workspace(
            request.auth.id, bot.id if bot else None, place[1] if place else None, asked.limit + 1
        )
        ids = [one.id for one in found]
        issued, sums = invoices.of_orders(ids), queries.sums_of(ids)
        last = found[asked.limit - 1] if len(found) > asked.limit else None
        return {
            "orders": [
                forms.order(one, sums[one.id], issued.get(one.id)) for one in found[: asked.limit]
            ],
            "next_cursor": cursors.written(last.ordered_at, last.id) if last else None,
        }

    @api.get(
        "/orders/{order}", response={200: ExplainedOrderOut, **REVALIDATED}, summary="An order"
    )
    @decorate_view(*UNCHANGED)
    def order(request: Any, order: str) -> dict[str, Any]:
        """Its lines, how their amounts came about, and the attempts to have it paid."""
        return forms.explained(explain_order(queries.get_of(request.auth.id, order)))

    @api.post(
        "/orders/{order}/cancel",
        response={200: ExplainedOrderOut, **ACTED},
        summary="Cancel an order",
    )
    def withdraw_order(request: Any, order: str) -> dict[str, Any]:
        """Nothing comes of it. A page that is open for it is withdrawn first; not while a saved
        method is being charged, or the operator is waited for."""
        found = queries.get_of(request.auth.id, order)
        now = lambda: shell.now(request.auth)  # noqa: E731
        canceled = cancel_order(shell.gateways, found.id, now, request.by)
        return forms.explained(explain_order(canceled))
