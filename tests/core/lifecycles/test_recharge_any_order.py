"""Whatever happens in whatever order: an onlooker with a notebook finds the contract kept."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quartermaster.core.invoices.taxes import NO_TAX, Category, Tax
from quartermaster.core.lifecycles import recharge, recharge_dry_run, recharge_proof
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt, Cap, Charge, Settings, Standing, Wait
from quartermaster.core.lifecycles.recharge_dry_run import Change
from quartermaster.core.money import MICRO
from quartermaster.core.periods import Period

START = datetime(2026, 3, 27, 20, tzinfo=UTC)  # days before summer time and the month's end
ZONES = ("UTC", "Europe/Berlin", "America/Havana", "Asia/Tokyo", "America/St_Johns")
HOUR = timedelta(hours=1)
CENT = MICRO // 100
PAUSES = {1: HOUR, 2: 6 * HOUR, 3: 24 * HOUR}

caps = st.builds(Cap, st.none() | st.integers(1, 4), st.none() | st.integers(1_000, 60_000))
taxes = st.just(NO_TAX) | st.sampled_from(("19", "5.5", "0.01", "99.99")).map(
    lambda rate: Tax(Category.STANDARD, Decimal(rate), "DE")
)
contracts = st.builds(
    Settings,
    amount_minor=st.sampled_from((1_000, 2_500, 10_000)),
    threshold_minor=st.sampled_from((0, 1, 5_000, 30_000)),
    currency=st.just("USD"),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    on_at=st.just(START),
    day=st.just(Cap(3)) | caps,
    month=st.just(Cap()) | caps,
    most_minor=st.none() | st.just(40_000),
    tax=taxes,
)
steps = st.sampled_from((0, 1, 59, 60, 61, 179, 360, 720, 1_440, 1_441, 5 * 1_440)).map(
    lambda minutes: timedelta(minutes=minutes)
)
outcomes = st.sampled_from((Outcome.SUCCEEDED, Outcome.DECLINED, Outcome.UNKNOWN, None))


@dataclass
class Taken:
    """What the provider was asked for under a key; `is_paid` once it knows."""

    asked_at: datetime
    amount_minor: int
    is_paid: bool | None = None


class Recharging(RuleBasedStateMachine):
    """A wallet that recharges itself, its owner, a provider, and a clock that is not to be
    trusted."""

    @initialize(contract=contracts)
    def begin(self, contract: Settings) -> None:
        self.contract, self.at, self.balance = contract, START, 40 * MICRO
        self.attempts: list[Attempt] = []
        self.terms: list[Settings] = []
        self.provider: dict[str, Taken] = {}
        self.declines = 0  # in a row, since the owner's last act
        self.not_before = START

    @rule(dollars=st.integers(0, 700), cents=st.integers(0, 10**6))
    def use(self, dollars: int, cents: int) -> None:
        self.balance -= dollars * MICRO + cents

    @rule(dollars=st.integers(1, 300))
    def person_adds_funds(self, dollars: int) -> None:
        self.balance += dollars * MICRO

    @rule(step=steps)
    def time_passes(self, step: timedelta) -> None:
        self.at += step

    @rule(step=steps)
    def clock_goes_back(self, step: timedelta) -> None:
        self.at -= step

    @rule()
    def owner_switches_off(self) -> None:
        self.contract = replace(self.contract, on_at=None)

    @rule()
    def owner_switches_on(self) -> None:
        self.contract = replace(self.contract, on_at=self.at)
        self.declines, self.not_before = 0, self.at

    @rule(tax=taxes)
    def tax_changes(self, tax: Tax) -> None:
        self.contract = replace(self.contract, tax=tax)

    @rule(outcome=outcomes)
    def look(self, outcome: Outcome | None) -> None:
        """None: the process dies after it has noted the attempt."""
        decision = self.decide()
        assert decision == self.decide(), "asked twice, one answer"
        if isinstance(decision, Wait) and decision.until is not None:
            assert decision.until > self.at
        if not isinstance(decision, Charge):
            return
        self.judge(decision)
        assert decision.key not in self.provider, "a new attempt has a new key"
        tax_minor = charged(decision.amount_minor, self.contract.tax) - decision.amount_minor
        begun = Attempt(decision.number, self.at, decision.amount_minor, tax_minor=tax_minor)
        self.attempts.append(begun)
        self.terms.append(self.contract)
        self.provider[decision.key] = Taken(self.at, decision.due_minor)
        if outcome is not None:
            self.answer(outcome)

    @rule(times=st.integers(2, 6), minutes=st.sampled_from((0, 61)))
    def card_fails_again_and_again(self, times: int, minutes: int) -> None:
        """And somebody looks at the moment they were told, or after so many minutes."""
        for _ in range(times):
            decision = self.decide()
            if isinstance(decision, Wait) and decision.until is not None:
                self.at = min(decision.until, self.at + timedelta(minutes=minutes or 10**6))
            self.look(Outcome.DECLINED)

    @precondition(lambda self: self.attempts and self.attempts[-1].is_in_flight)
    @rule(outcome=outcomes)
    def answer(self, outcome: Outcome | None) -> None:
        """Sooner or later; also once more for who crashed."""
        last = self.attempts[-1]
        if outcome is None:
            return
        if outcome is Outcome.UNKNOWN:
            self.attempts[-1] = replace(last, outcome=outcome)
            return
        self.attempts[-1] = replace(last, outcome=outcome, known_at=self.at)
        is_paid = outcome is Outcome.SUCCEEDED
        list(self.provider.values())[-1].is_paid = is_paid
        if is_paid:
            self.balance += last.amount_minor * CENT
        self.declines = 0 if is_paid else self.declines + 1
        known = max(self.at, last.begun_at)
        self.not_before = known + PAUSES.get(self.declines, timedelta())

    def decide(self) -> recharge.Decision:
        return recharge.decide(
            self.contract, self.attempts[::-1], Standing("bot", self.balance), self.at
        )

    def judge(self, charge: Charge) -> None:
        """At the moment of charging."""
        gap = self.contract.threshold_minor * CENT - self.balance
        unit = self.contract.amount_minor
        assert self.contract.on_at is not None, "only when the owner wants it"
        assert gap > 0, "only under the threshold"
        assert charge.amount_minor % unit == 0
        assert charge.amount_minor >= unit
        assert charge.due_minor == charged(charge.amount_minor, self.contract.tax)
        assert (charge.amount_minor - unit) * CENT < gap, "no more than closes the gap"
        assert all(one.is_paid is not None for one in self.provider.values()), "one in flight"
        assert self.declines <= 3, "off after the fourth decline"
        assert self.at >= self.not_before, "back-off"
        if charge.amount_minor * CENT < gap:
            limits = (self.contract.day, self.contract.month)
            is_bound = any(one.amount_minor for one in limits) or self.contract.most_minor
            assert is_bound, "one charge closes the gap unless a cap is in the way"

    @invariant()
    def caps_hold(self) -> None:
        if not hasattr(self, "contract"):
            return
        for form, cap in (("%Y-%m-%d", self.contract.day), ("%Y-%m", self.contract.month)):
            spent = defaultdict(list)
            for one in self.provider.values():
                if one.is_paid is not False:
                    local = one.asked_at.astimezone(self.contract.zone)
                    spent[local.strftime(form)].append(one.amount_minor)
            for amounts in spent.values():
                assert cap.count is None or len(amounts) <= cap.count
                assert cap.amount_minor is None or sum(amounts) <= cap.amount_minor

    @invariant()
    def the_proof_finds_nothing(self) -> None:
        if hasattr(self, "contract"):
            history = zip(self.attempts, self.terms, strict=True)
            assert list(recharge_proof.faults(history)) == []


def charged(amount_minor: int, tax: Tax) -> int:
    """An amount with its tax, rounded half away from zero; by hand."""
    return amount_minor + int(amount_minor * tax.rate / 100 + Decimal("0.5"))


TestRecharging = Recharging.TestCase
TestRecharging.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)


@settings(max_examples=40, deadline=None)
@given(
    contract=contracts,
    changes=st.lists(
        st.tuples(st.integers(0, 90 * 1_440), st.integers(-900 * MICRO, 50 * MICRO)), max_size=25
    ),
    dollars=st.integers(-50, 300),
)
def test_the_dry_run_is_what_would_have_happened(
    contract: Settings, changes: list[tuple[int, int]], dollars: int
) -> None:
    """Lived through: asked whenever the balance has changed, after each charge, and by a job every
    half an hour."""
    span = Period(START, START + timedelta(days=90))
    known = [Change(START + timedelta(minutes=minute), micro) for minute, micro in changes]
    standing = Standing("bot", dollars * MICRO)
    dry = recharge_dry_run.rehearse(replace(contract, on_at=None), standing, known, span)

    live: list[Attempt] = []
    balance = standing.balance_micro
    ticks = {START + timedelta(minutes=30 * number) for number in range(90 * 48)}
    for at in sorted(ticks | {one.at for one in known if one.at in span}):
        balance += sum(one.amount_micro for one in known if one.at == at)
        while isinstance(
            found := recharge.decide(contract, live, Standing("bot", balance), at), Charge
        ):
            tax_minor = charged(found.amount_minor, contract.tax) - found.amount_minor
            live.append(
                Attempt(
                    found.number, at, found.amount_minor, Outcome.SUCCEEDED, tax_minor=tax_minor
                )
            )
            balance += found.amount_minor * CENT
    assert dry == tuple(live)


def test_a_dry_run_wakes_when_a_cap_ends() -> None:
    zone = ZoneInfo("Europe/Berlin")
    contract = Settings(10_000, 5_000, "USD", zone, None, day=Cap(amount_minor=20_000))
    changes = [Change(START, -450 * MICRO)]
    span = Period(START, START + timedelta(days=90))
    dry = recharge_dry_run.rehearse(contract, Standing("bot", 60 * MICRO), changes, span)
    assert [(one.begun_at - START, one.amount_minor) for one in dry] == [
        (timedelta(), 20_000),
        (3 * HOUR, 20_000),  # midnight in Berlin
        (27 * HOUR, 10_000),  # the next one
    ]
