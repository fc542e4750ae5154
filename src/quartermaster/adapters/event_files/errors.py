"""The one way in which a whole file is refused; single rows are rejections."""

from typing import ClassVar

from quartermaster.core import errors


class UnreadableFile(errors.Refusal):
    """This file cannot be read as a log of usage events."""

    code: ClassVar[str] = "unreadable_file"
    kind: ClassVar[errors.Kind] = "invalid"
