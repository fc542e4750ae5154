"""Where payment providers tell that something happened."""

from typing import Any

from ninja import NinjaAPI, Schema

from quartermaster.interfaces.api.plans.forms import ACTED
from quartermaster.interfaces.api.questions import Shell
from quartermaster.usecases.orders.settling.receive_notice import Told, receive_notice


class NoticeOut(Schema):
    """What was told, by the provider's id."""

    id: str


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoint. It takes no key: what is told is signed."""

    @api.post(
        "/notices/{provider}",
        auth=None,
        response={200: NoticeOut, **ACTED},
        summary="A payment provider's notice",
    )
    def take_notice(request: Any, provider: str) -> dict[str, Any]:
        """Signed by the provider. The payment that it is about is looked up; told twice, in any
        order or never, the order comes to the same."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        told = Told(provider, headers, request.body)
        notice = receive_notice(shell.gateways, told, lambda: shell.now(None))
        return {"id": notice.id}
