"""Auto-recharge of a bot's wallet."""

from typing import Any

from ninja import NinjaAPI, Query

from quartermaster.interfaces.api.orders import recharge_forms
from quartermaster.interfaces.api.orders.recharge_forms import (
    RechargeAsked,
    RechargeIn,
    RechargeOut,
    RechargePreviewOut,
)
from quartermaster.interfaces.api.plans.forms import ACTED
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import PROBLEMS
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.credits.preview_recharge import preview_recharge
from quartermaster.usecases.orders.recharge.set_recharge import set_recharge
from quartermaster.usecases.orders.recharge.show_recharge import show_recharge
from quartermaster.usecases.orders.recharge.switch_off_recharge import switch_off_recharge

_RECHARGE = "/bots/{bot}/auto-recharge"


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""

    def _shown(found: Bot) -> dict[str, Any]:
        at = shell.now(found.workspace)
        return recharge_forms.shown(found, show_recharge(shell.gateways, found, at))

    @api.get(_RECHARGE, response={200: RechargeOut, **PROBLEMS}, summary="Auto-recharge")
    def auto_recharge(request: Any, bot: str) -> dict[str, Any]:
        """What it is set to, what it charged last, and what it would do now."""
        return _shown(people.get_bot(request.auth, bot))

    @api.put(_RECHARGE, response={200: RechargeOut, **ACTED}, summary="Switch auto-recharge on")
    def set_auto_recharge(request: Any, bot: str, wanted: RechargeIn) -> dict[str, Any]:
        """Once something was bought for the bot. Setting the same again changes nothing; anything
        else begins anew after declines."""
        found = people.get_bot(request.auth, bot)
        asked = wanted.wanted(found, request.by)
        set_recharge(shell.gateways, asked, shell.now(request.auth))
        return _shown(found)

    @api.delete(_RECHARGE, response={200: RechargeOut, **ACTED}, summary="Switch auto-recharge off")
    def switch_off_auto_recharge(request: Any, bot: str) -> dict[str, Any]:
        """Nothing more is charged; what is in flight is still settled. Twice is once."""
        found = people.get_bot(request.auth, bot)
        switch_off_recharge(found, shell.now(request.auth), request.by)
        return _shown(found)

    @api.get(
        _RECHARGE + "/preview",
        response={200: RechargePreviewOut, **PROBLEMS},
        summary="What auto-recharge would have charged",
    )
    def preview_auto_recharge(
        request: Any, bot: str, asked: Query[RechargeAsked]
    ) -> dict[str, Any]:
        """The same decisions over the wallet's last 90 days."""
        found, where = people.get_bot(request.auth, bot), request.auth
        told = preview_recharge(found, asked.settings(where), shell.now(where))
        return recharge_forms.preview(told, where.currency)
