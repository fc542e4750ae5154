"""The tasks and their schedules."""

from collections.abc import Callable
from datetime import datetime

import structlog
from procrastinate import Blueprint

from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.credits.rate_spending import rate_spending

_log = structlog.get_logger("jobs")


def build(now: Callable[[], datetime]) -> Blueprint:
    """The tasks, with the clock they work by."""
    tasks = Blueprint()

    @tasks.periodic(cron="*/5 * * * *")
    @tasks.task(name="lapse_credits", queueing_lock="lapse_credits", pass_context=False)
    def lapse(timestamp: int) -> None:
        """Credit that has expired leaves the books."""
        _log.info("lapsed", lots=lapse_credits(now()))

    @tasks.periodic(cron="2-59/5 * * * *")
    @tasks.task(name="rate_spending", queueing_lock="rate_spending", pass_context=False)
    def rate(timestamp: int) -> None:
        """Bots that fell silent keep an honest rate of spending."""
        _log.info("rated", bots=rate_spending(now()))

    return tasks
