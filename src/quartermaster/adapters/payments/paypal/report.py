"""PayPal's list of transactions (https://developer.paypal.com/docs/api/transaction-search/v1/)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from quartermaster.adapters.payments.paypal import units
from quartermaster.adapters.payments.paypal.access import Access, Body
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import ReportedPayment

WINDOW: Final = timedelta(days=31)
"""The longest time that can be asked for at once."""
_ROWS: Final = 500
_SECOND: Final = timedelta(seconds=1)
_REPORTED: Final = {"S": Outcome.SUCCEEDED, "V": Outcome.SUCCEEDED, "D": Outcome.DECLINED}
_PAYMENT: Final = "T00"
_REVERSALS: Final = "T11"


def payments(access: Access, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
    """Those begun in [start, end) that carry a key, with the refunds made in it."""
    told = [row["transaction_info"] for row in _rows(access, start, end)]
    refunded: dict[str, int] = {}
    for each in told:
        if each["transaction_event_code"].startswith(_REVERSALS):
            of = str(each.get("paypal_reference_id", ""))
            refunded[of] = refunded.get(of, 0) - units.minor(each["transaction_amount"])
    for each in told:
        if each["transaction_event_code"].startswith(_PAYMENT) and each.get("invoice_id"):
            yield _reported(each, refunded.get(str(each["transaction_id"]), 0))


def _reported(told: Body, refunded_minor: int) -> ReportedPayment:
    is_order = told.get("paypal_reference_id_type") == "ODR"
    return ReportedPayment(
        reference=str(told["paypal_reference_id" if is_order else "transaction_id"]),
        key=str(told["invoice_id"]),
        outcome=_REPORTED.get(str(told["transaction_status"]), Outcome.UNKNOWN),
        amount_minor=units.minor(told["transaction_amount"]),
        currency=str(told["transaction_amount"]["currency_code"]),
        refunded_minor=refunded_minor,
        at=datetime.fromisoformat(str(told["transaction_initiation_date"])),
    )


def _rows(access: Access, start: datetime, end: datetime) -> Iterator[Body]:
    while start < end:
        last = min(start + WINDOW, end) - _SECOND
        number, pages = 1, 1
        while number <= pages:
            told = access.ask(
                "GET",
                "/v1/reporting/transactions",
                start_date=start.isoformat(timespec="seconds"),
                end_date=last.isoformat(timespec="seconds"),
                fields="transaction_info",
                page_size=str(_ROWS),
                page=str(number),
            )
            yield from told["transaction_details"]
            number, pages = number + 1, int(told["total_pages"])
        start = last + _SECOND
