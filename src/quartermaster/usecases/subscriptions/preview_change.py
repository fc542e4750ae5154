"""What a change would cost, and when it would come. Nothing is ordered."""

from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.plans.quotes import Quote
from quartermaster.store.orders import operations as orders
from quartermaster.usecases.subscriptions import _changing
from quartermaster.usecases.subscriptions._changing import Wish

__all__ = ["Preview", "Wish", "preview_change"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be ordered, and the tax on it."""

    quote: Quote
    tax_minor: int


def preview_change(wish: Wish, at: datetime) -> Preview:
    """The order that the same wish would make at the same instant, to the cent."""
    quote = _changing.change(wish, at).quote
    return Preview(quote, orders.tax_on(wish.bot.workspace, quote.total_minor)[1])
