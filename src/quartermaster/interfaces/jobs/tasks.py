"""The tasks and their schedules."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from procrastinate import Blueprint

from quartermaster.store.contracts import queries as contracts
from quartermaster.store.people import queries as people
from quartermaster.store.subscriptions import overages
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.credits.rate_spending import rate_spending
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.orders.methods.watch_methods import watch_methods
from quartermaster.usecases.orders.placing.expire_orders import expire_orders
from quartermaster.usecases.orders.recharge.recharge_due import recharge_due
from quartermaster.usecases.orders.settling.settle_due import settle_due
from quartermaster.usecases.orders.wires.pay_waiting import pay_waiting
from quartermaster.usecases.plans.contracts.close_cycle import SETTLING, close_cycle
from quartermaster.usecases.ports import Clock, EventArchive
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.subscriptions.reminders.remind_renewals import remind_renewals

_log = structlog.get_logger("jobs")


@dataclass(frozen=True, slots=True)
class Archiving:
    """Where events go, and after how many days (at least 36)."""

    archive: EventArchive
    after_days: int


def build(
    now: Clock, gateways: Gateways, archive: EventArchive, archiving: Archiving | None = None
) -> Blueprint:
    """The tasks, with the clock they work by, who takes payments, and the archive they may read.
    Events are archived if it is said after how long."""
    tasks = Blueprint()

    @tasks.periodic(cron="*/5 * * * *")
    @tasks.task(name="lapse_credits", queueing_lock="lapse_credits", pass_context=False)
    def lapse(timestamp: int) -> None:
        """Credit that has expired leaves the books."""
        _log.info("lapsed", lots=lapse_credits(now(None)))

    @tasks.periodic(cron="2-59/5 * * * *")
    @tasks.task(name="rate_spending", queueing_lock="rate_spending", pass_context=False)
    def rate(timestamp: int) -> None:
        """Bots that fell silent keep an honest rate of spending."""
        _log.info("rated", bots=rate_spending(now(None)))

    @tasks.periodic(cron="4-59/5 * * * *")
    @tasks.task(name="renew_subscriptions", queueing_lock="renew_subscriptions", pass_context=False)
    def renew(timestamp: int) -> None:
        """Cycles that have ended are renewed and paid, or end."""
        for one in settle_due(gateways, lambda: now(None)):
            if one.failure is None:
                _log.info("settled", name=one.name, state=one.state)
            else:
                _log.error("settling_failed", name=one.name, exc_info=one.failure)

    _add_recharging(tasks, now, gateways)
    _add_expiring(tasks, now, gateways)
    _add_wires(tasks, now, gateways)
    _add_closing(tasks, now, archive)
    _add_telling(tasks, now)
    _add_seats(tasks, now, archive)
    if archiving is not None:
        _add_archiving(tasks, now, archiving)
    return tasks


def _add_recharging(tasks: Blueprint, now: Clock, gateways: Gateways) -> None:
    @tasks.periodic(cron="* * * * *")
    @tasks.task(name="recharge_wallets", queueing_lock="recharge_wallets", pass_context=False)
    def recharge(timestamp: int) -> None:
        """Wallets under the threshold of their auto-recharge are recharged."""
        for one in recharge_due(gateways, lambda: now(None)):
            if one.order is not None:
                _log.info("recharged", name=one.order.public_id, state=one.order.state)
            else:
                _log.error("recharging_failed", bot=one.bot, exc_info=one.failure)


def _add_expiring(tasks: Blueprint, now: Clock, gateways: Gateways) -> None:
    @tasks.periodic(cron="3-59/5 * * * *")
    @tasks.task(name="expire_orders", queueing_lock="expire_orders", pass_context=False)
    def expire(timestamp: int) -> None:
        """Orders that nobody pays come to nothing."""
        for one in expire_orders(gateways, lambda: now(None)):
            if isinstance(one, Exception):
                _log.error("expiring_failed", exc_info=one)
            else:
                _log.info("expired", name=one.public_id)


def _add_wires(tasks: Blueprint, now: Clock, gateways: Gateways) -> None:
    @tasks.periodic(cron="1-59/5 * * * *")
    @tasks.task(name="pay_wires", queueing_lock="pay_wires", pass_context=False)
    def pay(timestamp: int) -> None:
        """Exact wires that waited for another payment of their order are tried again."""
        for one in pay_waiting(gateways, now):
            if isinstance(one, Exception):
                _log.error("paying_by_wire_failed", exc_info=one)
            else:
                _log.info("paid_by_wire", name=one.public_id, state=one.state)


def _add_closing(tasks: Blueprint, now: Clock, archive: EventArchive) -> None:
    @tasks.periodic(cron="7 * * * *")
    @tasks.task(name="close_cycles", queueing_lock="close_cycles", pass_context=False)
    def close(timestamp: int) -> None:
        """Contracts get the statements of cycles that ended an hour ago: most of what was used up
        to the end has come by then."""
        at = now(None)
        for contract in contracts.due(at):
            try:
                while statement := close_cycle(contract, at, archive, SETTLING):
                    _log.info("cycle_closed", statement=statement.public_id)
            except Exception:
                _log.exception("closing_failed", contract=contract)


def _add_telling(tasks: Blueprint, now: Clock) -> None:
    @tasks.periodic(cron="1-59/5 * * * *")
    @tasks.task(name="remind_renewals", queueing_lock="remind_renewals", pass_context=False)
    def remind(timestamp: int) -> None:
        """Support plans that are renewed in five days are told of."""
        _log.info("reminded", subscriptions=remind_renewals(now(None)))

    @tasks.periodic(cron="12 * * * *")
    @tasks.task(name="watch_methods", queueing_lock="watch_methods", pass_context=False)
    def watch(timestamp: int) -> None:
        """Cards that expire are told of."""
        _log.info("watched", methods=watch_methods(now(None)))


def _add_seats(tasks: Blueprint, now: Clock, archive: EventArchive) -> None:
    @tasks.periodic(cron="22 * * * *")
    @tasks.task(name="bill_overage", queueing_lock="bill_overage", pass_context=False)
    def bill(timestamp: int) -> None:
        """Seats beyond those that were bought are paid, for months that ended an hour ago."""
        for subscription in overages.due():
            try:
                while month := bill_overage(subscription, now(None), archive):
                    _log.info("seats_settled", month=month.id, amount_micro=month.amount_micro)
            except Exception:
                _log.exception("settling_seats_failed", subscription=subscription)


def _add_archiving(tasks: Blueprint, now: Clock, archiving: Archiving) -> None:
    @tasks.periodic(cron="17 3 * * *")
    @tasks.task(name="archive_events", queueing_lock="archive_events", pass_context=False)
    def archive(timestamp: int) -> None:
        """Old events leave the database, workspace by workspace."""
        for workspace in people.workspaces():
            at = now(workspace)
            before = at - timedelta(days=archiving.after_days)
            try:
                for progress in archive_events(archiving.archive, workspace, before, at):
                    whose = {"workspace": workspace.id, "name": workspace.name}
                    _log.info(progress.step, path=progress.path, **whose)
            except Exception:
                _log.exception("archiving_failed", workspace=workspace.id)
