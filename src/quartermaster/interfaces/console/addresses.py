"""The addresses of the console."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import URLPattern, path

from quartermaster.interfaces.console.access import Shell, View, page
from quartermaster.interfaces.console.pages import (
    estimate,
    events,
    explained,
    keys,
    overview,
    plans,
    seats,
    sessions,
    signing,
    usage,
    wallets,
)
from quartermaster.interfaces.console.pages.orders import funds, invoices, listing, status


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the menu."""

    name: str
    address: str
    icon: str


LINKS: Final = (
    Link("Overview", "/", "layout-dashboard"),
    Link("Usage trends", "/usage", "chart-bar"),
    Link("Sessions", "/sessions", "messages"),
    Link("Wallet & credits", "/wallets", "wallet"),
    Link("Orders & Invoices", "/orders", "receipt"),
    Link("Plans", "/plans", "columns"),
    Link("Seats", "/seats", "headset"),
    Link("Events", "/events", "list-check"),
    Link("API keys", "/keys", "key"),
    Link("Estimate", "/estimate", "calculator"),
)


UPLOADS: Final = ("/estimate",)
"""Where forms have files."""


def build(shell: Shell) -> list[URLPattern]:
    """All of them; `shell` is what the pages need from outside."""

    def at(address: str, view: View, name: str) -> URLPattern:
        return path(address, page(view, shell), name=name)

    return [
        at("", overview.overview, "overview"),
        at("usage", usage.usage, "usage"),
        at("usage.csv", usage.download, "usage-csv"),
        at("sessions", sessions.sessions, "sessions"),
        at("sessions.csv", sessions.download, "sessions-csv"),
        at("sessions/<str:name>", sessions.session, "session"),
        at("wallets", wallets.wallets, "wallets"),
        at("wallets/<str:name>", wallets.wallet, "wallet"),
        at("wallets/<str:name>/funds", funds.add, "add-funds"),
        at("orders", listing.orders, "orders"),
        at("orders/invoices/<str:name>.pdf", invoices.pdf, "invoice-pdf"),
        at("orders/invoices/<str:name>.html", invoices.html, "invoice-html"),
        at("orders/<str:name>", status.order, "order"),
        at("orders/<str:name>/pay", status.pay, "pay-order"),
        at("orders/<str:name>/submit", status.submit, "submit-order"),
        at("orders/<str:name>/cancel", status.cancel, "cancel-order"),
        at("explain/<str:name>", explained.explained, "explain"),
        at("plans", plans.plans, "plans"),
        at("seats", seats.seats, "seats"),
        at("events", events.events, "events"),
        at("keys", keys.keys, "keys"),
        at("keys/<str:name>/revoke", keys.revoke, "revoke-key"),
        at("estimate", estimate.estimate, "estimate"),
        path("sign-in", signing.sign_in, name="account_login"),
        path("sign-out", signing.sign_out, name="account_logout"),
        path("theme", signing.choose_theme, name="theme"),
    ]


def menu(request: HttpRequest) -> dict[str, Any]:
    """The entries for the templates, and which one the page belongs to."""
    place = "/" + request.path.split("/")[1]
    home = {"/explain": "/wallets"}.get(place, place)
    return {"links": [{"is_here": link.address == home, "link": link} for link in LINKS]}
