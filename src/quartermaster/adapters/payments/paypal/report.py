"""PayPal's list of transactions (https://developer.paypal.com/docs/api/transaction-search/v1/)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from quartermaster.adapters.payments.failures import Refused
from quartermaster.adapters.payments.paypal import units
from quartermaster.adapters.payments.paypal.access import Access, Body
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import ReportedPayment

WINDOW: Final = timedelta(days=31)
"""The longest time that can be asked for at once."""
_ROWS: Final = 500
_TOO_LARGE: Final = "RESULTSET_TOO_LARGE"
_SECOND: Final = timedelta(seconds=1)
_REPORTED: Final = {"S": Outcome.SUCCEEDED, "V": Outcome.SUCCEEDED, "D": Outcome.DECLINED}
_PAYMENT: Final = "T00"
_REFUND: Final = "T1107"
"""Reversals have the same beginning, but so do returned fees and money that is held for a dispute
(https://developer.paypal.com/reports/reference/t-codes)."""
_KEYS: Final = "pay_"
"""What ours begin with: the account may have invoice numbers of other shops."""


def payments(access: Access, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
    """Those begun in [start, end) that carry a key, with the refunds made in it."""
    told = [row["transaction_info"] for row in _rows(access, start, end)]
    refunded: dict[str, int] = {}
    for each in told:
        is_given = _REPORTED.get(str(each["transaction_status"])) is not Outcome.DECLINED
        if each["transaction_event_code"] == _REFUND and is_given:
            of = str(each.get("paypal_reference_id", ""))
            refunded[of] = refunded.get(of, 0) - units.minor(each["transaction_amount"])
    for each in told:
        is_ours = str(each.get("invoice_id", "")).startswith(_KEYS)
        if each["transaction_event_code"].startswith(_PAYMENT) and is_ours:
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
        stop = min(start + WINDOW, end)
        yield from _within(access, start, stop)
        start = stop


def _within(access: Access, start: datetime, stop: datetime) -> Iterator[Body]:
    """In halves, where there are more than PayPal lists at once."""
    try:
        told = _page(access, start, stop, 1)
    except Refused as no:
        half = (start + (stop - start) / 2).replace(microsecond=0)
        if no.code != _TOO_LARGE or half <= start:
            raise
        yield from _within(access, start, half)
        yield from _within(access, half, stop)
        return
    yield from told["transaction_details"]
    for number in range(2, int(told["total_pages"]) + 1):
        yield from _page(access, start, stop, number)["transaction_details"]


def _page(access: Access, start: datetime, stop: datetime, number: int) -> Body:
    told: Body = access.ask(
        "GET",
        "/v1/reporting/transactions",
        start_date=start.isoformat(timespec="seconds"),
        end_date=(stop - _SECOND).isoformat(timespec="seconds"),
        fields="transaction_info",
        page_size=str(_ROWS),
        page=str(number),
    )
    return told
