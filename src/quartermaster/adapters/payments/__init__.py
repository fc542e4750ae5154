"""Who takes payments."""

from quartermaster.adapters.payments.by_hand import ByHand
from quartermaster.adapters.payments.paypal import PayPal
from quartermaster.adapters.payments.pretend import Pretend
from quartermaster.adapters.payments.sandbox import Sandbox
from quartermaster.adapters.payments.stripe import Stripe

__all__ = ["ByHand", "PayPal", "Pretend", "Sandbox", "Stripe"]
