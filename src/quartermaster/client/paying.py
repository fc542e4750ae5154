"""What the API answers about paying, typed."""

from datetime import date, datetime

from msgspec import Struct


class Checkout(Struct, frozen=True):
    """The page on which the buyer pays."""

    order: str
    payment: str
    url: str


class Method(Struct, frozen=True):
    """A saved way to pay; `label` is what people know it by."""

    id: str
    kind: str
    provider: str
    label: str
    brand: str | None
    last_four: str | None
    expires_date: date | None
    is_expired: bool
    is_default: bool
    added_at: datetime


class Methods(Struct, frozen=True):
    """All that the workspace has saved."""

    methods: list[Method]


class Setup(Struct, frozen=True):
    """A way to pay on its way to being saved; `outcome` is None while it is not known."""

    id: str
    kind: str
    url: str | None
    outcome: str | None
    method: Method | None
    begun_at: datetime
