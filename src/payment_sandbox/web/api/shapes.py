"""Bodies of requests, and answers."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from payment_sandbox import cards, money, refusals
from payment_sandbox.acts import opening
from payment_sandbox.store.payments import Method, Payment

Amount = Annotated[int, Meta(ge=1, le=10**12)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Text = Annotated[str, Meta(max_length=500)]


class Checkout(Struct, frozen=True, forbid_unknown_fields=True):
    """A payment to be made on a page."""

    kind: Literal["card", "paypal", "wire"]
    amount_minor: Amount
    currency: Currency
    return_url: Annotated[str, Meta(max_length=2000)]
    description: Text = ""
    metadata: dict[str, str] = {}
    save: bool = False
    payer: Text = ""
    wire_reference: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{0,35}$")] = ""

    def wish(self) -> opening.Wish:
        """Checked as a whole."""
        check_currency(self.currency)
        if self.return_url or self.kind != "wire":
            check_url(self.return_url, "return_url")
        if self.kind == "wire" and self.save:
            raise refusals.invalid("a wire cannot be saved", "save")
        return opening.Wish(
            self.kind,
            self.amount_minor,
            self.currency,
            self.description,
            self.metadata,
            self.return_url,
            self.save,
            self.payer,
            self.wire_reference.upper(),
        )


class Setup(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to pay that is saved on a page."""

    kind: Literal["card", "paypal"]
    return_url: Annotated[str, Meta(max_length=2000)]
    description: Text = ""
    metadata: dict[str, str] = {}
    payer: Text = ""

    def wish(self) -> opening.Wish:
        """Checked as a whole."""
        check_url(self.return_url, "return_url")
        return opening.Wish(
            self.kind,
            description=self.description,
            metadata=self.metadata,
            return_url=self.return_url,
            is_saved=True,
            payer=self.payer,
        )


class Charge(Struct, frozen=True, forbid_unknown_fields=True):
    """What a saved method is to pay while nobody is there."""

    method: str
    amount_minor: Amount
    currency: Currency
    description: Text = ""
    metadata: dict[str, str] = {}

    def wish(self, method: Method) -> opening.Wish:
        """Checked as a whole."""
        check_currency(self.currency)
        return opening.Wish(
            method.kind,
            self.amount_minor,
            self.currency,
            self.description,
            self.metadata,
            payer=method.payer,
        )


class Conduct(Struct, frozen=True, forbid_unknown_fields=True):
    """What comes of charging a saved method."""

    later: cards.Conduct

    def checked(self) -> cards.Conduct:
        """Nobody is there to confirm."""
        if self.later not in cards.LATER:
            raise refusals.invalid(f"one of {', '.join(cards.LATER)}", "later")
        return self.later


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a payment, for a refund or a dispute; without an amount all that is left."""

    amount_minor: Amount | None = None
    reason: Text = ""


class Release(Struct, frozen=True, forbid_unknown_fields=True):
    """How a payment that is processing ends."""

    outcome: Literal["succeeded", "declined"]


class Closing(Struct, frozen=True, forbid_unknown_fields=True):
    """How a dispute ends; won by whom the money went to."""

    outcome: Literal["won", "lost"]


class Wire(Struct, frozen=True, forbid_unknown_fields=True):
    """Money that somebody sends."""

    amount_minor: Amount
    currency: Currency
    reference: Annotated[str, Meta(max_length=140)]
    payer: Annotated[str, Meta(max_length=70)] = "A. Buyer"


class Hook(Struct, frozen=True, forbid_unknown_fields=True):
    """Where notices go; "" sends none."""

    url: Annotated[str, Meta(max_length=2000)]
    first_retry_seconds: Annotated[float, Meta(ge=0.05, le=3600)] = 2.0


class FaultsWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to go wrong with notices; what is left out is off."""

    lose: bool = False
    duplicate: bool = False
    reorder: bool = False
    delay_seconds: Annotated[int, Meta(ge=0, le=3600)] = 0


def check_currency(code: str) -> None:
    """Refusal where there is no such currency."""
    if not money.is_currency(code):
        raise refusals.invalid(f"there is no currency {code}", "currency")


def instant(text: str, field: str) -> datetime:
    """What was asked for; Refusal where it is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusals.invalid("an instant such as 2026-03-01T00:00:00Z", field) from None


def payment(one: Payment, url: str) -> dict[str, Any]:
    """As callers see it; `url` is its page."""
    told: dict[str, Any] = {
        "id": one.id,
        "purpose": one.purpose,
        "kind": one.kind,
        "state": one.state,
        "code": one.code,
        "reason": one.reason,
        "key": one.key,
        "description": one.description,
        "metadata": json.loads(one.metadata),
        "method": one.method,
        "url": url if one.purpose != "charge" else None,
        "created_at": one.created_at,
        "changed_at": one.changed_at,
    }
    if not one.is_setup:
        names = ("amount_minor", "currency", "refunded_minor", "disputed_minor", "lost_minor")
        told |= {name: getattr(one, name) for name in names}
    if one.kind == "wire":
        told["wire_reference"] = one.wire_reference
    return told


def method(one: Method) -> dict[str, Any]:
    """As callers see it: nothing of what decides its charges."""
    hidden = {"later", "deleted_at"}
    return {name: value for name, value in asdict(one).items() if name not in hidden}


def check_url(url: str, field: str) -> None:
    """Refusal where it is no address of the web."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or not url.isprintable() or " " in url:
        raise refusals.invalid("an address that begins with https:// or http://", field)
