"""What the platform, the operator, banks and the provider do."""

from datetime import date, timedelta
from decimal import Decimal

from quartermaster.adapters.bank_statements import formats
from quartermaster.core.formats import creditor_reference
from quartermaster.core.invoices.parties import Party
from quartermaster.core.lifecycles.orders import Outcome, State
from quartermaster.core.money import MICRO
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.wires import queries as wires
from quartermaster.store.orders.wires.models import EntryState, Outlet
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.orders.invoices import issue_credit_note as notes
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.refunds.refund_payment import Back, refund_payment
from quartermaster.usecases.orders.wires.import_bank_statement import (
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.orders.wires.match_bank_entry import match_bank_entry
from quartermaster.usecases.orders.wires.settle_bank_entry import Wanted, settle_bank_entry
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from quartermaster.usecases.plans.contracts import agree_contract as contracts
from quartermaster.usecases.plans.contracts import agree_price as prices
from quartermaster.usecases.ports.gateways import Decline, PaymentAnswer
from tests.adapters.bank_statements import files
from tests.books import drain, talk
from tests.simulation.money.world import Act, World
from tests.usecases.orders.invoices.trade import MERCER
from tests.usecases.shop import PRODUCT

DAY = timedelta(days=1)
LATE = timedelta(days=30)
AGENTS = ("ann", "bob", "cid", "dan", "eve")


def usage(world: World) -> str:
    """Sessions of today and of weeks ago; some events come twice."""
    several = []
    for _ in range(world.chance.randint(1, 6)):
        ago = LATE if world.chance.random() < 0.2 else DAY
        start = world.at - timedelta(minutes=5) - ago * world.chance.random()
        user = f"u{next(world.numbers)}"
        several += talk("u0 b1", bot=world.bot.name, start=start, user=user)
    world.given.sessions += len(several) // 2
    world.power.left = None  # who sends them does so until they are taken
    for batch in [several] * world.chance.choice((1, 1, 2)):
        world.books.submit(batch, world.at)
    if world.chance.random() < 0.3:
        drain(world.at)
    return f"{len(several) // 2}"


def grant(world: World) -> str:
    """Credit, free or for a bot, for good or for a while."""
    amount = world.chance.randint(1, 50) * MICRO
    bot = world.chance.choice((None, world.bot.id))
    expires_at = world.chance.choice((None, world.at + world.chance.randint(5, 60) * DAY))
    key = world.key()
    world.given.granted[key] = amount
    new = Grant(world.books.workspace.id, amount, key, bot, expires_at=expires_at)
    grant_credits(new, world.at)
    return f"{amount}"


def agent(world: World) -> None:
    """An agent is given a seat, or gives it up."""
    does = world.chance.choice((assign_seat, assign_seat, release_seat))
    does(world.bot, PRODUCT, world.pick(AGENTS), world.at)


def policy(world: World) -> str:
    """What becomes of agents beyond their seats."""
    chosen = world.pick(tuple(SeatPolicy))
    set_seat_policy(world.workspace, chosen, world.at)
    return chosen


def contract(world: World) -> str:
    """The workspace is invoiced from now on, until some day."""
    days = world.chance.choice((20, 45, 100))
    until = (world.at + days * DAY).date()
    wanted = contracts.Wanted(world.workspace, until_date=until)
    contracts.agree_contract(wanted, world.key(), world.at)
    terms = {"model": "per_unit", "amount": "0.15"}
    price = prices.Wanted(world.workspace, "billing_session", terms)
    prices.agree_price(price, world.key(), world.at)
    return f"{days} days"


def tax(world: World) -> str:
    """Tax is switched on or off, or the workspace moves."""
    is_on = world.chance.random() < 0.6
    set_tax(is_on, {"DE": Decimal("19"), "FR": Decimal("5.5")}, world.at)
    party = world.pick((MERCER, Party("Ann", country="FR"), Party("Ann")))
    set_billing_profile(world.workspace, party, world.at)
    return f"{party.country} {is_on}"


def credit_note(world: World) -> str:
    """For part of a statement's invoice."""
    found = Invoice.objects.filter(statement__isnull=False, kind="invoice").order_by("id")
    invoice = world.pick(list(found))
    wanted = notes.Wanted(world.workspace, invoice.public_id, "a complaint", None)
    return f"{notes.issue_credit_note(wanted, world.key(), world.at).total_minor}"


def refund(world: World) -> str:
    """All or part of some payment goes back."""
    paid = Payment.objects.filter(outcome="succeeded").order_by("id")
    payment = world.pick(list(paid))
    amount = max(1, payment.amount_minor // world.chance.choice((1, 1, 2, 3)))
    back = Back(payment, amount, "asked for", "olga")
    found = refund_payment(world.gateways, back, world.key(), world.now)
    return f"{amount} of {payment.order.kind}: {found.outcome}"


def dispute(world: World) -> None:
    """A buyer's bank wants it back."""
    found = [
        one for one in world.provider.paid.values() if one.request and one.outcome == "succeeded"
    ]
    paid = world.pick(found)
    world.provider.dispute(paid.reference, paid.request.amount_minor if paid.request else 0)


def by_hand(world: World) -> str:
    """The operator was paid in some other way."""
    waiting = Order.objects.filter(state__in=(State.AWAITING_PAYMENT, State.PENDING_CLEARANCE))
    order = world.pick(list(waiting.order_by("id")))
    outcome = world.chance.choice((Outcome.SUCCEEDED, Outcome.DECLINED))
    if outcome is Outcome.SUCCEEDED:
        world.given.by_hand.add(order.public_id)
    try:
        answer = PaymentAnswer(outcome)
        return report_payment(world.gateways, order.id, answer, world.now, "olga").state
    finally:
        if not Payment.objects.filter(order=order, provider="", outcome="succeeded").exists():
            world.given.by_hand.discard(order.public_id)


def wired(world: World) -> str:
    """Money comes by bank, and its file is imported: all of it, a part, too much, or twice."""
    several = Order.objects.filter(kind__in=("funds", "subscribe")).order_by("id")
    waits = [one for one in several if one.state == State.PENDING_CLEARANCE]
    order = world.pick(waits if waits and world.chance.random() < 0.8 else list(several))
    due = order.due_minor
    amounts = world.chance.choice(
        (
            (due,),
            (due,),
            (due,),
            (due // 3 + 1,),
            (due + 700,),
            (due, due),
            (due // 2, due - due // 2),
        )
    )
    if min(amounts) < 1:
        amounts = (1,)
    text = creditor_reference.printed(creditor_reference.of(order.public_id))
    entries = [(f"B{next(world.numbers)}", amount) for amount in amounts]
    text = text if world.chance.random() < 0.9 else "no reference"
    write = world.chance.choice((camt, mt940))
    content = write(entries, text, world.at.date())
    world.given.wires.update(entries)
    world.given.files.append(content)
    for _ in range(world.chance.choice((1, 1, 2))):
        send(world, content)
    return f"{write.__name__} {amounts} for {order.state}, due {due}"


def send(world: World, content: bytes) -> None:
    """A file of the bank is imported."""
    sent = SentFile("statement", content, "olga")
    import_bank_statement(world.gateways, formats.read, sent, world.clock)


def camt(entries: list[tuple[str, int]], text: str, day: date) -> bytes:
    """A file of CAMT.053."""
    shown = [(name, f"{amount / Decimal(100):.2f}") for name, amount in entries]
    total = f"{sum(amount for _, amount in entries) / Decimal(100):.2f}"
    rows = [
        files.entry(one, files.detail(text=text, end=name), name=name, day=day.isoformat())
        for name, one in shown
    ]
    whole = files.camt(files.balance("OPBD", "0.00"), *rows, files.balance("CLBD", total))
    return whole.replace(b'"EUR"', b'"USD"')


def mt940(entries: list[tuple[str, int]], text: str, day: date) -> bytes:
    """A file of MT940."""

    def shown(amount: int) -> str:
        return f"{amount / Decimal(100):.2f}".replace(".", ",")

    rows = [
        f":61:{day:%y%m%d%m%d}C{shown(amount)}NTRFNONREF//{name}\n:86:{text}"
        for name, amount in entries
    ]
    total = shown(sum(amount for _, amount in entries))
    head = f":20:S-1\n:25:{files.IBAN}USD\n:28C:00001/001\n:60F:C{day:%y%m%d}USD0,00"
    return "\n".join([head, *rows, f":62F:C{day:%y%m%d}USD{total}", "-", ""]).encode()


def decide(world: World) -> str:
    """A person says what an entry is for, or what becomes of what is left of it."""
    entry = world.pick(wires.listed(is_open=True)[::-1])
    if entry.state == EntryState.UNMATCHED and world.chance.random() < 0.7:
        named = Order.objects.filter(public_id__in=entry.named.split())
        order = world.pick(list(named) or list(Order.objects.order_by("id")))
        match_bank_entry(world.gateways, entry.id, order.id, "olga", world.now)
        return f"{entry.amount_minor} for {order.kind}, {orders.get(order.id).state}"
    outlet = world.chance.choice((Outlet.CREDIT, Outlet.REFUND))
    settle_bank_entry(entry.id, Wanted(outlet, "olga", world.bot), world.at)
    left = wires.get_of(entry.public_id)
    return f"{outlet} of {left.rest_minor or left.amount_minor}"


def weather(world: World) -> str:
    """The provider from now on, or the next times that it is asked."""
    token = world.pick(sorted(world.provider.saved))
    change = world.chance.choice(("declines", "expires", "works", "next"))
    if change == "next":
        why = world.chance.choice((Decline.DECLINED, Decline.NEEDS_BUYER, Decline.PROCESSING_ERROR))
        world.provider.next += [why] * world.chance.randint(1, 4)
        return f"{world.provider.next}"
    if change == "works":
        world.provider.later.pop(token, None)
    else:
        why = Decline.INSUFFICIENT_FUNDS if change == "declines" else Decline.EXPIRED_CARD
        world.provider.later[token] = why
    return change


def outage(world: World) -> str:
    """The provider goes away, loses an answer, takes its time, or is well again."""
    provider = world.provider
    found = world.chance.choice(("away", "loses", "hesitates", "well", "well", "well"))
    provider.is_out, provider.loses_next = found == "away", found == "loses"
    provider.hesitates = found == "hesitates"
    if found == "well":
        provider.settle()
    return found


RUNNING: dict[str, tuple[int, Act]] = {
    "usage": (12, usage),
    "grant": (1, grant),
    "agent": (3, agent),
    "policy": (1, policy),
    "contract": (1, contract),
    "tax": (1, tax),
    "credit note": (1, credit_note),
    "refund": (4, refund),
    "dispute": (1, dispute),
    "by hand": (1, by_hand),
    "bank": (6, wired),
    "decide": (4, decide),
    "weather": (2, weather),
    "outage": (4, outage),
}
"""Each with how often it is done."""
