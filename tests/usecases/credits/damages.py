"""What can go wrong with the books, as SQL: one damage at a time, and whom the check must name."""

from dataclasses import dataclass

CHARGE = """
select s.id::text as at_fault, c.id as charge, c.session_id as session
from metering_session s join wallets_charge c on c.session_id = s.id and c.quantity > 0
join people_bot b on b.id = s.bot_id
where b.name = 'bookings' and s.withdrawn_by_id is null order by s.id limit 1"""
TAKEN_BACK = """
select s.id::text as at_fault, c.id as charge, s.id as session
from metering_session s join wallets_charge c on c.session_id = s.id and c.quantity < 0
order by s.id limit 1"""
FREE_SESSION = """
select s.id::text as at_fault, s.id as session from metering_session s join catalog_price p
  on p.unit = s.unit where s.unit = 'voice_session' order by s.id limit 1"""
CHARGED_BY_LOT = """
select t.charge_id::text as at_fault, t.id as transfer, t.charge_id as charge
from ledger_transfer t where t.fact = 'usage_charged' and t.lot_id is not null
order by t.id limit 1"""
WALLET = """
select b.public_id as at_fault, b.id as bot from people_bot b where b.name = 'helpdesk'"""
POOL = """
select k.public_id as at_fault, k.id as workspace from people_workspace k
join people_bot b on b.workspace_id = k.id where b.name = 'elsewhere'"""
PAID_LOT = """
select l.id::text as at_fault, l.id as lot, l.bot_id as bot from wallets_lot l
join people_bot b on b.id = l.bot_id where b.name = 'bookings' and lapsed_micro > 0"""
HOUR = """
select b.public_id as at_fault, b.id as bot, r.hour_at as hour from metering_rollup r
join people_bot b on b.id = r.bot_id
where b.name = 'elsewhere' and r.unit = 'billing_session' order by r.hour_at limit 1"""
UNITS = """
select b.public_id as at_fault, c.id as charge, b.id as bot, c.hour_at as hour
from wallets_charge c join people_bot b on b.id = c.bot_id
where b.name = 'bookings' and c.unit = 'api_session' limit 1"""
THREAD = """
select 'thread ' || s.thread_id as at_fault, s.id as session, s.thread_id as thread,
       s.start_at as start
from metering_session s join people_bot b on b.id = s.bot_id
where b.name = 'contractor' order by s.start_at limit 1"""
CORRECTED = """
select 'thread ' || thread_id as at_fault, id as session from metering_session
where withdrawn_by_id is not null order by id limit 1"""
LOCK = "select 'ledger_transfer' as at_fault"
FUNDS = """
select b.public_id as at_fault, t.id as transfer, t.lot_id as lot, t.debit_id as account
from ledger_transfer t join ledger_account a on a.id = t.credit_id
join people_bot b on b.id = a.bot_id
where t.fact = 'funds_added' and b.name = 'helpdesk' order by t.id limit 1"""
ACROSS = """
select array[mine.public_id, theirs.public_id] as at_fault, t.id as transfer, o.id as account
from ledger_transfer t join ledger_account a on a.id = t.debit_id and a.kind = 'pool'
join people_workspace mine on mine.id = a.workspace_id
join ledger_account o on o.kind = 'pool' and o.workspace_id <> a.workspace_id
join people_workspace theirs on theirs.id = o.workspace_id
where t.fact = 'usage_charged' order by t.id, o.id limit 1"""
BETWEEN = """
select array[mine.public_id, theirs.public_id] as at_fault, t.id as transfer, o.id as account
from ledger_transfer t join ledger_account a on a.id = t.debit_id and a.kind = 'wallet'
join people_bot mine on mine.id = a.bot_id
join ledger_account o on o.kind = 'wallet' and o.bot_id <> a.bot_id
join people_bot theirs on theirs.id = o.bot_id and theirs.workspace_id = mine.workspace_id
where t.fact = 'usage_charged' order by t.id limit 1"""


@dataclass(frozen=True)
class Damage:
    """`victim` selects one row: `at_fault` (one id or several) and what `blow` needs to know."""

    check: str
    what: str
    victim: str
    blow: str


def _damages(check: str, *rows: tuple[str, str, str]) -> list[Damage]:
    return [Damage(check, *row) for row in rows]


DELETE_CHARGE = "delete from wallets_charge where id = %(charge)s"
DELETE_TRANSFER = "delete from ledger_transfer where id = %(transfer)s"
RE_POINT = "update ledger_transfer set debit_id = %(account)s where id = %(transfer)s"

ALL = (
    _damages("books_balance", ("a transfer takes from another workspace", ACROSS, RE_POINT))
    + _damages(
        "transfers_are_locked",
        ("a guard is dropped", LOCK, "drop trigger transfer_append_only on ledger_transfer"),
        (
            "a guard is off",
            LOCK,
            "alter table ledger_transfer disable trigger transfer_no_truncate",
        ),
        (
            "a guard sleeps but on replicas",
            LOCK,
            "alter table ledger_transfer enable replica trigger transfer_append_only",
        ),
    )
    + _damages(
        "wallets_match_transfers",
        (
            "a balance is off by one",
            WALLET,
            "update wallets_wallet set paid_micro = paid_micro + 1 where bot_id = %(bot)s",
        ),
        (
            "the drawn free credit is off by one",
            WALLET,
            "update wallets_wallet set free_drawn_micro = free_drawn_micro - 1"
            " where bot_id = %(bot)s",
        ),
        ("funds are lost", FUNDS, DELETE_TRANSFER),
        (
            "funds are doubled",
            FUNDS,
            "update ledger_transfer set amount_micro = 2 * amount_micro where id = %(transfer)s",
        ),
        ("one bot pays for another", BETWEEN, RE_POINT),
    )
    + _damages(
        "pools_match_transfers",
        (
            "a balance is off by one",
            POOL,
            "update wallets_pool set free_micro = free_micro - 1 where workspace_id = %(workspace)s",
        ),
        (
            "the grant is lost",
            POOL,
            "delete from ledger_transfer t using ledger_account a where a.id = t.credit_id"
            " and a.workspace_id = %(workspace)s and fact = 'free_credits_granted'",
        ),
    )
    + _damages(
        "lots_match_transfers",
        (
            "used is off by one",
            PAID_LOT,
            "update wallets_lot set used_micro = used_micro + 1, lapsed_micro = lapsed_micro - 1"
            " where id = %(lot)s",
        ),
        (
            "what was granted grows",
            PAID_LOT,
            "update wallets_lot set granted_micro = granted_micro + 1,"
            " remaining_micro = remaining_micro + 1 where id = %(lot)s",
        ),
        (
            "a lapse is lost",
            PAID_LOT,
            "delete from ledger_transfer where lot_id = %(lot)s and fact = 'credits_lapsed'",
        ),
        ("a lot is lost", PAID_LOT, "delete from wallets_lot where id = %(lot)s"),
        (
            "a lot without a grant",
            "select '999999' as at_fault, w.bot_id as bot from wallets_wallet w limit 1",
            "insert into wallets_lot (id, workspace_id, bot_id, source, granted_micro,"
            " remaining_micro, used_micro, lapsed_micro, settled_micro, price_paid_minor,"
            " granted_at, idempotency_key) select 999999, b.workspace_id, b.id, 'paid', 5, 5, 0, 0,"
            " 0, 0, b.created_at, gen_random_uuid() from people_bot b where b.id = %(bot)s",
        ),
    )
    + _damages(
        "wallets_match_lots",
        (
            "settled debt is credit again",
            WALLET,
            "update wallets_lot set remaining_micro = remaining_micro + 1,"
            " settled_micro = settled_micro - 1 where bot_id = %(bot)s and settled_micro > 0",
        ),
        (
            "a balance is off by one",
            WALLET,
            "update wallets_wallet set paid_micro = paid_micro - 1 where bot_id = %(bot)s",
        ),
        ("one bot pays for another and its wallet agrees", BETWEEN, f"{RE_POINT};"
         " update wallets_wallet w set paid_micro = m.amount"
         " from (select a.bot_id, sum(t.amount_micro * case a.id when t.credit_id then 1 else -1"
         " end) as amount from ledger_account a join ledger_transfer t"
         " on a.id in (t.debit_id, t.credit_id) where a.kind = 'wallet' group by 1) m"
         " where m.bot_id = w.bot_id"),
    )
)  # fmt: skip
