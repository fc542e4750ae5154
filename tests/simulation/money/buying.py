"""What customers want: credit, plans, add-ons, support, and another way to pay."""

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OPEN, Outcome
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.methods.open_setup import Wanted, open_setup
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.open_page import Visit, open_page
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.placing.submit_order import submit_order
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.simulation.money.world import USAGE, Act, World
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT

PLANS = (ESSENTIAL, ADVANCED, f"plan/{USAGE}/essential", f"plan/{USAGE}/advanced")
OTHERS = ("add_on/advanced_rag", "support/enhanced", "support/basic")
KINDS = (MethodKind.CARD, MethodKind.PAYPAL)
PLACES = (PRODUCT, USAGE, "advanced_rag", "support")


def an_order(world: World) -> Order:
    """Of the workspace; mostly one that something may yet come of."""
    several = list(Order.objects.order_by("id"))
    waiting = [one for one in several if one.state in OPEN]
    found = world.pick(waiting if waiting and world.chance.random() < 0.9 else several)
    return queries.get(found.id)


def funds(world: World) -> str:
    """Credit, by an order that may be a draft first."""
    amount = world.chance.choice((10_000, 12_345, 50_000, 99, 2_000_000))
    wanted = Funds(world.bot, amount, "ann", world.chance.random() < 0.1)
    add_funds(wanted, world.key(), world.at)
    return f"{amount}"


def change(world: World) -> str:
    """A plan, an add-on or support: anew, more, or less."""
    offer = world.chance.choice(PLANS + PLANS + OTHERS)
    cadence = "annual" if offer in PLANS and world.chance.random() < 0.25 else "monthly"
    seats = world.chance.choice((None, None, 3, 5)) if PRODUCT in offer else None
    wish = Wish(world.bot, offer, cadence, seats, "ann", world.chance.random() < 0.1)
    order = order_change(wish, world.key(), world.at)
    return f"{offer} {cadence} {seats}: {order.kind}, {order.total_minor}"


def page(world: World) -> str:
    """The buyer is sent to a page, and pays there, turns back or leaves it open."""
    order = an_order(world)
    visit = Visit(world.pick(KINDS), "https://shop.example/order", world.chance.random() < 0.4)
    does = world.chance.choice(("pays", "pays", "pays", "turns back", "leaves"))
    payment = open_page(world.gateways, order, visit, world.now)
    if does == "leaves" or world.provider.paid[payment.reference].outcome is not Outcome.UNKNOWN:
        return "left"
    if does == "pays":
        world.provider.pay(payment.reference)
    else:
        world.provider.turn_back(payment.reference)
    return does


def later(world: World) -> str:
    """Somebody still has a page open."""
    pages = [one for one in world.provider.paid.values() if one.outcome is Outcome.UNKNOWN]
    found = world.pick(pages)
    world.provider.pay(found.reference)
    return "setup" if found.request is None else "order"


def returns(world: World) -> str:
    """The buyer comes back from a page, long ago or not."""
    order = an_order(world)
    payment = world.pick([one for one in queries.payments_of(order.id) if one.url])
    return complete_payment(world.gateways, payment, world.now).state


def charge(world: World) -> str:
    """With what is saved."""
    order = an_order(world)
    methods = PaymentMethod.objects.filter(removed_at=None).order_by("id")
    method = world.chance.choice([None, *methods])
    return collect_payment(world.gateways, order, world.now, method).state


def withdraw(world: World) -> str:
    """The buyer gives an attempt up."""
    payment = queries.find_in_flight(an_order(world).id)
    return withdraw_payment(
        world.gateways, world.pick([payment] if payment else []), world.now
    ).state


def by_wire(world: World) -> None:
    """The order waits for a wire."""
    choose_wire(world.gateways, an_order(world).id, world.now)


def cancel(world: World) -> None:
    """The order, not the subscription."""
    cancel_order(world.gateways, an_order(world).id, world.now, "ann")


def submit(world: World) -> None:
    """What was a draft."""
    submit_order(an_order(world).id, world.at, "ann")


def save(world: World) -> str:
    """A way to pay, with nothing paid."""
    wanted = Wanted(world.workspace, world.pick(KINDS), "https://shop.example/methods", "ann")
    does = world.chance.choice(("saves", "saves", "saves", "leaves"))
    setup = open_setup(world.gateways, wanted, world.key(), world.now)
    if does == "saves" and world.provider.paid[setup.reference].outcome is Outcome.UNKNOWN:
        world.provider.pay(setup.reference)
        if world.chance.random() < 0.5:
            complete_setup(world.gateways, setup, world.now)
    return does


def a_method(world: World) -> str:
    """One that is there, by its public id."""
    found = PaymentMethod.objects.filter(removed_at=None).order_by("id")
    return world.pick(list(found)).public_id


def place(world: World) -> str:
    """Where the bot has something, mostly."""
    live = Subscription.objects.filter(bot=world.bot).exclude(state="canceled").order_by("id")
    return world.pick([one.place for one in live] or PLACES)


BUYING: dict[str, tuple[int, Act]] = {
    "funds": (5, funds),
    "change": (9, change),
    "page": (9, page),
    "page later": (2, later),
    "returns": (4, returns),
    "charge": (4, charge),
    "withdraw": (1, withdraw),
    "wire": (3, by_wire),
    "cancel order": (1, cancel),
    "submit": (1, submit),
    "save": (2, save),
    "default": (1, lambda world: choose_default(world.workspace, a_method(world)) and None),
    "remove": (
        1,
        lambda world: (
            remove_method(world.gateways, world.workspace, a_method(world), world.now) and None
        ),
    ),
    "cancel": (1, lambda world: cancel_subscription(world.bot, place(world), world.at).state),
    "keep": (1, lambda world: keep_subscription(world.bot, place(world), world.at) and None),
    "trial": (1, lambda world: start_trial(world.bot, world.pick(PLANS), world.at) and None),
}
"""Each with how often it is done."""
