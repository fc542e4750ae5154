"""What a change would cost, and when it would come. Nothing is ordered."""

from datetime import datetime

from quartermaster.core.plans.quotes import Quote
from quartermaster.usecases.subscriptions import _changing
from quartermaster.usecases.subscriptions._changing import Wish

__all__ = ["Wish", "preview_change"]


def preview_change(wish: Wish, at: datetime) -> Quote:
    """The order that the same wish would make at the same instant, to the cent."""
    return _changing.change(wish, at).quote
