"""Adding funds to a bot's wallet."""

import re
import uuid
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.formats import public_ids
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.filters import sentence
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders.models import Order
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds

_FORM: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
_NO_AMOUNT: Final = "Write an amount such as 250 or 99.50."


class FundsForm(forms.Form):
    """How much. `key` makes that a form sent twice orders once."""

    amount = forms.CharField(
        label="Amount",
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": "Say how much."},
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "Open this page again."}
    )

    def clean_amount(self) -> Decimal:
        """The amount as it was typed, never rounded."""
        typed: str = self.cleaned_data["amount"]
        if not _FORM.fullmatch(typed):
            raise forms.ValidationError(_NO_AMOUNT)
        return Decimal(typed)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The form; a POST orders the credit and goes to its order."""
    bot = people.get_bot(here.workspace, name)
    if request.method == "POST":
        form = FundsForm(request.POST)
        order = _order(form, bot, here)
        if order is not None:
            return redirect("order", order.public_id)
    else:
        form = FundsForm(initial={"key": uuid.uuid4()})
    limits = billing.funds_limits(here.workspace.currency)
    found = {"form": form, "bot": bot, "limits": limits}
    status = 422 if form.errors else 200
    return render(request, "console/orders/funds.html", found, status=status)


def _order(form: FundsForm, bot: Bot, here: Here) -> Order | None:
    if not form.is_valid():
        return None
    asked: dict[str, Any] = form.cleaned_data
    key = public_ids.keyed(here.workspace.public_id, str(asked["key"]))
    try:
        amount_minor = money.payable_minor(asked["amount"], here.workspace.currency)
        return add_funds(Funds(bot, amount_minor, here.by), key, here.at)
    except KeyReused:
        form.data = {**asked, "key": uuid.uuid4()}
        form.add_error("amount", "With this form another amount was ordered. Send it once more.")
    except Refusal as no:
        form.add_error("amount", sentence(no))
    return None
