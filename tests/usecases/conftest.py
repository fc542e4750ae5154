"""A database in which transactions really commit, for tests with several connections."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_migrate

GUARDS = (
    "alter table ledger_transfer {} trigger transfer_no_truncate",
    "alter table wallets_charge {} trigger charge_no_truncate",
    "alter table catalog_price {} trigger price_no_truncate",
    "alter table catalog_offerversion {} trigger offer_version_no_truncate",
    "alter table catalog_publication {} trigger publication_no_truncate",
    "alter table subscriptions_seatcharge {} trigger seat_charge_no_truncate",
    "alter table contracts_contractprice {} trigger contract_price_no_truncate",
    "alter table contracts_statement {} trigger statement_no_truncate",
    "alter table contracts_statementline {} trigger statement_line_no_truncate",
    "alter table billing_billingprofile {} trigger billing_profile_no_truncate",
    "alter table billing_seller {} trigger seller_no_truncate",
    "alter table billing_taxrates {} trigger tax_rates_no_truncate",
    "alter table billing_rechargeterms {} trigger recharge_terms_no_truncate",
    "alter table invoices_invoice {} trigger invoice_no_truncate",
    "alter table invoices_invoiceline {} trigger invoice_line_no_truncate",
)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Commits are real. Afterwards Django empties the database by TRUNCATE, which the ledger,
    charges, prices and what was sold refuse: their guards are off for that moment."""
    yield
    connection.close()
    _guard("disable")
    post_migrate.connect(_emptied)


def _emptied(**_: Any) -> None:
    """Django says so when it is done."""
    post_migrate.disconnect(_emptied)
    _guard("enable")


def _guard(state: str) -> None:
    with connection.cursor() as cursor:
        for guard in GUARDS:
            cursor.execute(guard.format(state))
