"""What may stand on an invoice."""

from dataclasses import replace

import pytest

from quartermaster.core.invoices.parties import Party
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import BillingProfile
from quartermaster.usecases.orders.invoices._parties import BadParty, BadVatId
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from tests.books import NOW, open_books
from tests.usecases.orders.invoices.trade import MERCER, Trade

pytestmark = pytest.mark.django_db


def test_the_last_one_counts_and_the_others_are_kept() -> None:
    workspace = open_books("helpdesk").workspace
    assert billing.profile(workspace) == Party(workspace.name)
    set_billing_profile(workspace, MERCER, NOW)
    changed = replace(MERCER, city=" Halle ", vat_id="de 129 273 398")
    assert set_billing_profile(workspace, changed, NOW) == replace(MERCER, city="Halle")
    assert billing.profile(workspace).city == "Halle"
    assert BillingProfile.objects.count() == 2


def test_what_was_issued_stays_as_it_was() -> None:
    trade = Trade.made()
    set_billing_profile(trade.workspace, Party("Bob"), NOW)
    trade.invoice.refresh_from_db()
    assert trade.invoice.buyer["company"] == "Mercer AG"


@pytest.mark.parametrize(
    ("country", "vat_id", "expected"),
    [
        ("DE", "DE129273398", "DE129273398"),
        ("de", "129 273 398", "DE129273398"),
        ("FR", "FR40303265045", "FR40303265045"),
        ("GR", "EL094259216", "EL094259216"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("GB", "GB980780684", "GB980780684"),
        ("US", "12-3456789", None),
        ("AE", "100123456700003", "AE100123456700003"),
        ("DE", "DE129273399", None),
        ("DE", "FR40303265045", None),
        ("", "DE129273398", None),
    ],
)
def test_vat_ids_are_checked_for_their_form(
    country: str, vat_id: str, expected: str | None
) -> None:
    workspace = open_books("helpdesk").workspace
    party = Party("Ann", country=country, vat_id=vat_id)
    if expected is None:
        with pytest.raises(BadVatId) as refused:
            set_billing_profile(workspace, party, NOW)
        assert refused.value.field == "vat_id"
        assert "begins with" not in str(refused.value)
    else:
        assert set_billing_profile(workspace, party, NOW).vat_id == expected


@pytest.mark.parametrize(
    ("party", "field"),
    [
        (Party(" "), "name"),
        (Party("x" * 201), "name"),
        (Party("a\nb"), "name"),
        (Party("Ann", country="XX"), "country"),
        (Party("Ann", country="EU"), "country"),
        (Party("Ann", email="nobody"), "email"),
        (Party("Ann", address=("1", "2", "3", "4", "5")), "address"),
        (Party("Ann", city="\x07"), "city"),
    ],
)
def test_what_cannot_be_printed_is_named(party: Party, field: str) -> None:
    with pytest.raises(BadParty) as refused:
        set_billing_profile(open_books("helpdesk").workspace, party, NOW)
    assert refused.value.field == field
    assert not BillingProfile.objects.exists()


def test_any_script_will_do() -> None:
    party = Party("ليلى\u200f", "دوד", ("東京都",))
    assert set_billing_profile(open_books("helpdesk").workspace, party, NOW) == party
