"""Every address."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from payment_sandbox.web.api import around, paying
from payment_sandbox.web.api.endpoint import endpoint
from payment_sandbox.web.pages import hosted, operating


def health(request: HttpRequest) -> JsonResponse:
    """That the sandbox serves."""
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("health", health),
    path("v1/checkouts", endpoint(POST=paying.open_checkout)),
    path("v1/setups", endpoint(POST=paying.open_setup)),
    path("v1/setups/<key>", endpoint(GET=paying.look_up_setup)),
    path("v1/setups/<key>/cancel", endpoint(POST=paying.cancel)),
    path("v1/charges", endpoint(POST=paying.charge)),
    path("v1/payments", endpoint(GET=paying.list_payments)),
    path("v1/payments/<key>", endpoint(GET=paying.look_up)),
    path("v1/payments/<key>/cancel", endpoint(POST=paying.cancel)),
    path("v1/payments/<key>/release", endpoint(POST=paying.release)),
    path("v1/payments/<key>/refunds", endpoint(POST=paying.refund)),
    path("v1/payments/<key>/disputes", endpoint(POST=paying.dispute)),
    path("v1/refunds/<key>", endpoint(GET=paying.look_up_refund)),
    path("v1/disputes/<key>", endpoint(GET=paying.look_up_dispute)),
    path("v1/disputes/<key>/close", endpoint(POST=paying.close_dispute)),
    path("v1/methods", endpoint(GET=paying.list_methods)),
    path(
        "v1/methods/<key>",
        endpoint(GET=paying.look_up_method, PUT=paying.change_method, DELETE=paying.delete_method),
    ),
    path("v1/bank/expected", endpoint(GET=around.list_expected)),
    path("v1/bank/entries", endpoint(GET=around.list_entries, POST=around.let_arrive)),
    path("v1/bank/statements/camt.053", endpoint(GET=around.write_camt053)),
    path("v1/bank/statements/mt940", endpoint(GET=around.write_mt940)),
    path("v1/webhook", endpoint(GET=around.show_hook, PUT=around.set_hook)),
    path("v1/faults", endpoint(GET=around.show_faults, PUT=around.set_faults)),
    path("v1/deliveries", endpoint(GET=around.list_deliveries)),
    path("pay/<key>", hosted.show, name="pay"),
    path("pay/<key>/card", hosted.card, name="pay-card"),
    path("pay/<key>/confirm", hosted.confirm, name="pay-confirm"),
    path("pay/<key>/login", hosted.log_in, name="pay-login"),
    path("pay/<key>/approve", hosted.approve, name="pay-approve"),
    path("pay/<key>/again", hosted.start_over, name="pay-again"),
    path("pay/<key>/back", hosted.turn_back, name="pay-back"),
    path("", operating.list_payments, name="payments"),
    path("payments/<key>", operating.show_payment, name="payment"),
    path("bank", operating.bank, name="bank"),
    path("faults", operating.faults, name="faults"),
]
