"""A workspace that was billed."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.orders.invoices._issuing import PaidOrder
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted, issue_credit_note
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from tests.books import open_books
from tests.usecases.shop import ESSENTIAL, START, Shop

LATER = START + timedelta(days=3)
TODAY = date(2026, 1, 31)
PARLEY = Seller(
    Party("Billing", "Parley GmbH", ("Torstr. 1",), "Berlin", "10119", "DE", "DE136695976"),
    "PC",
    "HRB 1",
    Bank("Parley GmbH", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),
)
MERCER = Party("Ann", "Mercer AG", ("Lange Str. 7",), "Leipzig", "04103", "DE", "DE129273398")


@dataclass
class Trade:
    """A bot that subscribes with five seats ($60 and $30), billed in Germany."""

    shop: Shop
    invoice: Invoice

    @classmethod
    def made(cls, is_taxed: bool = True) -> "Trade":
        """With the order's invoice."""
        shop = Shop.opened(open_books("helpdesk"))
        if is_taxed:
            set_seller(PARLEY, START)
            set_billing_profile(shop.books.workspace, MERCER, START)
            set_tax(True, {"DE": Decimal(19)}, START)
        order = shop.order(ESSENTIAL, seats=5)
        with transaction.atomic():
            invoice = _issuing.for_order(PaidOrder(order, order.total_minor), START)
        assert invoice is not None
        return cls(shop, invoice)

    @property
    def workspace(self) -> Workspace:
        """That was billed."""
        return self.shop.books.workspace

    def credit(self, amounts: dict[int, int] | None = None, reason: str = "A test") -> Invoice:
        """A credit note, all or in part."""
        wanted = Wanted(self.workspace, self.invoice.public_id, reason, amounts)
        return issue_credit_note(wanted, uuid.uuid4(), LATER)
