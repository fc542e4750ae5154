"""How a bad setting is told."""

from quartermaster.core.errors import Refusal


class BadSetting(Refusal):
    """A setting in the environment cannot be used."""

    code = "bad_setting"
    kind = "invalid"
