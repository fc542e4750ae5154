"""What `up --demo` makes before anything runs."""

from pathlib import Path

import pytest

from quartermaster.adapters import catalog_file
from quartermaster.interfaces.cli.running import demo
from quartermaster.store.billing import queries as billing
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from tests.books import LOG, NOW
from tests.usecases.orders.invoices.trade import PARLEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker(tmp_path: Path) -> demo.Maker:
    return demo.Maker(
        month=lambda at: [],
        catalog=catalog_file.example,
        paid_micro={"helpdesk": 0},
        log=LOG,
        drain=lambda: 0,
        now=lambda: NOW,
        access_file=tmp_path / "demo.json",
    )


def test_its_seller_is_whole(maker: demo.Maker) -> None:
    made = maker.make()
    assert billing.seller() == demo.SELLER, "as it was checked"
    assert maker.make().access == made.access


def test_a_seller_that_is_set_stays(maker: demo.Maker) -> None:
    set_seller(PARLEY, NOW)
    maker.make()
    assert billing.seller().party.name == PARLEY.party.name
