"""What is counted and priced."""

from enum import StrEnum
from typing import Final


class Unit(StrEnum):
    """A unit of usage."""

    BILLING_SESSION = "billing_session"
    VOICE_SESSION = "voice_session"
    API_SESSION = "api_session"
    ALERT = "alert"
    NOTIFICATION = "notification"


UNITS: Final = tuple(Unit)
"""In columns a unit is its place here."""
