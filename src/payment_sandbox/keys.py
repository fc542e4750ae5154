"""What callers and pages are known by: made once, kept beside the database."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "keys.json"


@dataclass(frozen=True)
class Keys:
    """`secret`: the bearer of the API. `webhook_secret`: signs what is sent (`whsec_…`).
    `page_secret`: signs the forms of the pages, and is nobody else's."""

    secret: str
    webhook_secret: str
    page_secret: str


def read(folder: Path) -> Keys:
    """Those of a sandbox that was started once."""
    return Keys(**json.loads((folder / FILE).read_text(encoding="utf-8")))


def make(folder: Path) -> Keys:
    """Those of this folder, made if there are none. Nobody but the owner may read them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        signing = base64.b64encode(secrets.token_bytes(24)).decode()
        made = Keys(
            f"sandbox_{secrets.token_urlsafe(24)}", f"whsec_{signing}", secrets.token_urlsafe(48)
        )
        _write(folder / FILE, json.dumps(asdict(made), indent=2) + "\n")
    return read(folder)


def _write(path: Path, text: str) -> None:
    """At once or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
