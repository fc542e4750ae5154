"""Sends notices, signed as Standard Webhooks has it, from a thread of its own."""

import json
import logging
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

from payment_sandbox.notices import outbox
from payment_sandbox.store import database, settings

_PAUSE_SECONDS: Final = 0.1
_TIMEOUT_SECONDS: Final = 5.0
_AT_ONCE: Final = 8
_log = logging.getLogger("payment_sandbox")


class Sender:
    """What is due is sent, several at once; what waits when the program ends is sent when it
    runs again."""

    def __init__(self, store: database.Store, secret: str) -> None:
        self._store = store
        self._webhook = Webhook(secret)

    def start(self) -> None:
        """Goes on until the program ends."""
        threading.Thread(target=self._run, name="sender", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        with (
            httpx.Client(timeout=_TIMEOUT_SECONDS) as client,
            ThreadPoolExecutor(_AT_ONCE, "sender") as pool,
        ):
            while True:
                try:
                    is_idle = not self._round(client, pool)
                except Exception:
                    _log.exception("notices could not be sent; trying again")
                    is_idle = True
                if is_idle:
                    pause.wait(_PAUSE_SECONDS)

    def _round(self, client: httpx.Client, pool: ThreadPoolExecutor) -> int:
        """Where notices are to overtake each other, they come one after the other, as is said."""
        db = self._store.reading()
        due, url = outbox.due(db, datetime.now(UTC)), settings.sending(db).url
        send = map if settings.faults(db).reorder else pool.map
        return len(list(send(lambda one: self._send(client, one, url), due)))

    def _send(self, client: httpx.Client, delivery: sqlite3.Row, url: str) -> None:
        try:
            body = _body(delivery)
            headers = self._signed(delivery, body, datetime.now(UTC))
            response = client.post(url, content=body, headers=headers)
            is_done, answer = response.is_success, str(response.status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            is_done, answer = False, type(failure).__name__
        with self._store.writing() as db:
            if is_done:
                outbox.delivered(db, delivery, answer)
            else:
                outbox.failed(db, delivery, answer, datetime.now(UTC))

    def _signed(self, delivery: sqlite3.Row, body: str, at: datetime) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "webhook-id": delivery["event"],
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(delivery["event"], at, body),
        }


def _body(delivery: sqlite3.Row) -> str:
    told = {"type": delivery["type"], "timestamp": delivery["created_at"]}
    return json.dumps({**told, "data": {"reference": delivery["reference"]}})
