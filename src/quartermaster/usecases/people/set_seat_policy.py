"""The operator says what becomes of agents beyond the seats that were bought."""

from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace


def set_seat_policy(workspace: Workspace, policy: SeatPolicy) -> None:
    """For all the workspace's bots, from now on. Whoever has a seat keeps it."""
    people.set_seat_policy(workspace, policy)
