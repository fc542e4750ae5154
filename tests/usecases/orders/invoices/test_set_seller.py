"""The operator's entity and its bank account."""

from dataclasses import replace

import pytest

from quartermaster.core.invoices.numbers import BadPrefix
from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.store.billing import queries as billing
from quartermaster.usecases.orders.invoices._parties import BadBank, BadParty
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from tests.books import NOW
from tests.usecases.orders.invoices.trade import PARLEY

pytestmark = pytest.mark.django_db


def test_the_last_one_counts() -> None:
    set_seller(replace(PARLEY, prefix="OLD"), NOW)
    spaced = replace(PARLEY.bank, iban="de89 3704 0044 0532 0130 00", bic="cobadeffxxx")
    assert set_seller(replace(PARLEY, bank=spaced), NOW) == PARLEY
    assert billing.seller() == PARLEY


@pytest.mark.parametrize(
    ("seller", "refusal", "field"),
    [
        (replace(PARLEY, prefix="pc"), BadPrefix, "prefix"),
        (replace(PARLEY, bank=Bank(iban="DE89370400440532013001")), BadBank, "iban"),
        (replace(PARLEY, bank=Bank(bic="COBA")), BadBank, "bic"),
        (replace(PARLEY, party=Party("")), BadParty, "name"),
        (replace(PARLEY, note="x\ny"), BadParty, "note"),
    ],
)
def test_what_is_wrong_is_named(seller: Seller, refusal: type[Exception], field: str) -> None:
    with pytest.raises(refusal) as refused:
        set_seller(seller, NOW)
    assert refused.value.field == field  # type: ignore[attr-defined]
    assert billing.seller() == billing.UNNAMED
