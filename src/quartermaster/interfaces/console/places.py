"""Where in a list a page begins, as addresses have it: `2026-11-22T19:00:00+00:00/12`."""

from datetime import datetime


def read(text: str) -> tuple[datetime, int] | None:
    """The time and id after which the page begins; None, which is the start, for anything else."""
    at, _, number = text.partition("/")
    try:
        place = datetime.fromisoformat(at.replace(" ", "+")), int(number)
    except ValueError:
        return None
    is_sane = place[0].tzinfo is not None and 1000 < place[0].year < 9000
    return place if is_sane and 0 < place[1] < 2**63 else None


def written(at: datetime, number: int) -> str:
    """The same as text."""
    return f"{at.isoformat()}/{number}"
