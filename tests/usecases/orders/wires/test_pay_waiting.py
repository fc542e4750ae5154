"""A wire that came while another payment was in flight pays once that has come to nothing."""

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.wires.pay_waiting import pay_waiting
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests.books import assert_books_hold
from tests.usecases.orders.wires.bank import Bank, paying


def test_it_pays_once(bank: Bank) -> None:
    order = bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    assert bank.send(paying(order)).paid == ()
    assert pay_waiting(bank.clock) == []
    settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED, "gone"), bank.shop.at)
    assert [one.id for one in pay_waiting(bank.clock)] == [order.id]
    assert pay_waiting(bank.clock) == []
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_paid_otherwise_it_stays_for_a_person(bank: Bank) -> None:
    order = bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    bank.send(paying(order))
    settle_payment(attempt.id, PaymentAnswer(Outcome.SUCCEEDED), bank.shop.at)
    assert pay_waiting(bank.clock) == []
    assert bank.entries() == [(10_000, "unmatched", 0)]
    assert_books_hold()
