"""Examples of what a clock says, and of moving it on."""

from typing import Final

CLOCK: Final = {
    "at": "2026-12-22T05:00:00Z",
    "is_frozen": True,
    "is_test": True,
    "time_zone": "America/New_York",
}
MOVED: Final = {
    "start": "2026-11-22T12:00:00Z",
    "end": "2026-12-22T17:00:00Z",
    "happened": [
        {"at": "2026-12-01T08:30:00Z", "what": "credits_lapsed", "which": "lot_3"},
        {
            "at": "2026-12-22T05:00:00Z",
            "what": "subscription_renewed",
            "which": "sub_0f6d1f9b2a7c4e51a3d8",
        },
    ],
}
BODIES: Final = {"/v1/clock": {"by": "P1M"}}
