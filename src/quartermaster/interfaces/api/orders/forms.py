"""What the API asks and answers about paying."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from quartermaster.core.formats import web_addresses
from quartermaster.interfaces.api.plans.forms import Draft
from quartermaster.interfaces.api.questions import Body, Money, Name
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import MethodSetup, PaymentMethod

Address = Annotated[
    str,
    Field(
        max_length=web_addresses.LONGEST,
        json_schema_extra={"format": "uri"},
        description="Of http or https, with a host and without a user or a password.",
    ),
]
Kind = Literal["card", "paypal"]


class FundsIn(Body):
    """Credit for a bot's wallet."""

    amount: Money
    is_draft: Draft = False


class VisitIn(Body):
    """How the buyer wants to pay. The page sends them to `return_url` when they have paid or turned
    back; what came of it the order says."""

    method: Kind
    return_url: Address
    is_saved: StrictBool = Field(False, description="Keep it, to be charged while nobody is there.")


class ChargeIn(Body):
    """A saved way to pay, by its id; by default the workspace's."""

    method: Name | None = None


class ReplaceIn(Body):
    """The saved way to pay, by its id, that takes the place of another."""

    by: Name


class SetupIn(Body):
    """A way to pay that is to be saved on the provider's page, with nothing paid."""

    method: Kind
    return_url: Address


class CheckoutOut(Schema):
    """Where the buyer is to be sent."""

    order: str
    payment: str
    url: str


class MethodOut(Schema):
    """A saved way to pay. `label` is what people know it by."""

    id: str
    kind: Kind
    provider: str
    label: str
    brand: str | None
    last_four: str | None
    expires_date: date | None
    is_expired: bool
    is_default: bool
    added_at: datetime


class MethodsOut(Schema):
    """The default first."""

    methods: list[MethodOut]


class SetupOut(Schema):
    """A way to pay on its way to being saved; `outcome` is null while it is not known."""

    id: str
    kind: Kind
    url: str | None
    outcome: Literal["succeeded", "declined"] | None
    method: MethodOut | None
    begun_at: datetime


def method(one: PaymentMethod, at: datetime) -> dict[str, Any]:
    """As `MethodOut` has it, at an instant."""
    return {
        "id": one.public_id,
        "kind": one.kind,
        "provider": one.provider,
        "label": one.label,
        "brand": one.brand or None,
        "last_four": one.last_four or None,
        "expires_date": one.expires_date,
        "is_expired": queries.is_expired(one, at),
        "is_default": one.is_default,
        "added_at": one.added_at,
    }


def setup(one: MethodSetup, at: datetime) -> dict[str, Any]:
    """As `SetupOut` has it, at an instant."""
    return {
        "id": one.public_id,
        "kind": one.kind,
        "url": one.url if one.url and one.outcome is None else None,
        "outcome": one.outcome,
        "method": one.method and method(one.method, at),
        "begun_at": one.begun_at,
    }
