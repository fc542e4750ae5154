"""Facts become transfers between the accounts they are about."""

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger import postings
from quartermaster.core.ledger.accounts import PER_BOT, Account
from quartermaster.core.ledger.credits import Source
from quartermaster.core.ledger.transfers import Fact, KeyReused, Move, Transfer

BOT, LOT = 7, 3


def test_free_credit_comes_into_the_pool() -> None:
    assert postings.free_credits_granted(500, LOT) == Transfer(
        Fact.FREE_CREDITS_GRANTED, Account.FREE_GRANTS, Account.POOL, 500, None, LOT
    )


def test_funds_come_into_the_wallet() -> None:
    assert postings.funds_added(500, BOT, LOT) == Transfer(
        Fact.FUNDS_ADDED, Account.FUNDS, Account.WALLET, 500, BOT, LOT
    )


def test_what_lapses_leaves_where_it_lay() -> None:
    assert postings.credits_lapsed(Source.FREE, 9, LOT, None) == Transfer(
        Fact.CREDITS_LAPSED, Account.POOL, Account.LAPSED, 9, None, LOT
    )
    assert postings.credits_lapsed(Source.PAID, 9, LOT, BOT) == Transfer(
        Fact.CREDITS_LAPSED, Account.WALLET, Account.LAPSED, 9, BOT, LOT
    )


def test_usage_moves_each_source_between_its_own_accounts() -> None:
    paid, free = Account.CHARGED_PAID, Account.CHARGED_FREE
    charged, withdrawn = Fact.USAGE_CHARGED, Fact.USAGE_WITHDRAWN
    moved = postings.usage_moved
    assert moved(Source.PAID, is_back=False) == Move(charged, Account.WALLET, paid)
    assert moved(Source.FREE, is_back=False) == Move(charged, Account.POOL, free)
    assert moved(Source.PAID, is_back=True) == Move(withdrawn, paid, Account.WALLET)
    assert moved(Source.FREE, is_back=True) == Move(withdrawn, free, Account.POOL)


def test_the_accounts_of_a_bot() -> None:
    assert {Account.WALLET, Account.CHARGED_PAID, Account.CHARGED_FREE} == PER_BOT


def test_a_refusal_speaks_for_itself() -> None:
    reused = KeyReused(field="key")
    assert isinstance(reused, Refusal)
    assert (str(reused), reused.code, reused.kind, reused.field) == (
        "This key was used for another transfer.",
        "key_reused",
        "conflict",
        "key",
    )
    assert str(KeyReused("taken on Monday")) == "taken on Monday"


def test_what_a_customer_paid_is_theirs_until_it_is_given() -> None:
    customer = Account.CUSTOMER
    assert postings.payment_settled(119) == Transfer(
        Fact.PAYMENT_SETTLED, Account.PAYMENTS, customer, 119
    )
    assert postings.order_fulfilled(100) == Transfer(
        Fact.ORDER_FULFILLED, customer, Account.SALES, 100
    )
    assert postings.tax_charged(19) == Transfer(Fact.TAX_CHARGED, customer, Account.TAXES, 19)
    assert postings.funds_ordered(100, BOT, LOT) == Transfer(
        Fact.FUNDS_ADDED, customer, Account.WALLET, 100, BOT, LOT
    )


def test_what_goes_back_goes_the_same_way() -> None:
    there = [
        postings.payment_settled(9),
        postings.order_fulfilled(9),
        postings.tax_charged(9),
        postings.funds_ordered(9, BOT, LOT),
        postings.funds_kept(9, BOT, LOT),
    ]
    back = [
        postings.payment_refunded(9),
        postings.order_taken_back(9),
        postings.tax_returned(9),
        postings.funds_taken_back(9, BOT, LOT),
        postings.funds_taken_back(9, BOT, LOT),
    ]
    for one, other in zip(there, back, strict=True):
        assert (one.debit, one.credit) == (other.credit, other.debit)
        assert (one.bot, one.lot) == (other.bot, other.lot)
    assert len({one.fact for one in (*there, *back)}) == 9
