"""Credit: the bots' wallets and the free pool, and one wallet opened."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.formats import cursors
from quartermaster.interfaces.console.access import Here
from quartermaster.store.ledger import queries as ledger
from quartermaster.store.ledger.queries import WhichTransfers
from quartermaster.store.people import queries as people
from quartermaster.usecases.reports.list_wallets import list_wallets
from quartermaster.usecases.reports.show_free_credits import show_free_credits
from quartermaster.usecases.reports.show_wallet import show_wallet

_PAGE: Final = 25
_BOTS: Final = 100


def wallets(request: HttpRequest, here: Here) -> HttpResponse:
    """All wallets, the free pool with its lots, and the latest transfers that are not usage."""
    listed = list_wallets(here.workspace, here.at)
    first, count = _number(request.GET.get("first", "")) or 0, len(listed.credits)
    found = {
        "wallets": listed,
        "rows": listed.credits[first : first + _BOTS],
        "count": count,
        "further": first + _BOTS if first + _BOTS < count else None,
        "free": show_free_credits(here.workspace.id, here.at),
    }
    return render(request, "console/pages/wallets.html", found)


def wallet(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """A bot's wallet: what is left, for how long, from which lots, and what moved."""
    bot = people.get_bot(here.workspace, name)
    which = WhichTransfers(here.workspace.id, bot.id)
    place = cursors.read(request.GET.get("after", ""))
    found = ledger.transfers(which, here.at, place, _PAGE + 1)
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    shown = {
        "wallet": show_wallet(bot, here.at),
        "free": show_free_credits(here.workspace.id, here.at),
        "transfers": found[:_PAGE],
        "after": cursors.written(last.at, last.id) if last else "",
        "is_first": place is None,
    }
    return render(request, "console/pages/wallet.html", shown)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
