"""Who takes payments."""

from quartermaster.adapters.payments.by_hand import ByHand
from quartermaster.adapters.payments.pretend import Pretend

__all__ = ["ByHand", "Pretend"]
