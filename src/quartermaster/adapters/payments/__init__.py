"""Who takes payments."""

from quartermaster.adapters.payments.by_hand import ByHand
from quartermaster.adapters.payments.pretend import Pretend
from quartermaster.adapters.payments.sandbox import Sandbox

__all__ = ["ByHand", "Pretend", "Sandbox"]
