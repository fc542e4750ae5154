"""Card numbers and CVV are written nowhere; keys are the owner's alone."""

import re
import stat
from pathlib import Path

import httpx

from payment_sandbox import cards, keys
from tests.fakes import sandbox
from tests.fakes.sandbox import SHOP

CVV, PASSWORD, REAL = "907", "a-password-of-mine", "4111 1111 1111 1111"
AS_VALUE = re.compile(rf"""["'=: ]{CVV}3?["'&, }}\n]""")
"""In a form, in JSON or in words: a file's own bytes hold any three digits sooner or later."""


def test_no_card_number_is_in_any_file_or_log(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with sandbox.running(folder) as one:
        for card in cards.TEST_CARDS:
            _use(one, card)
        buyer = one.buyer()
        buyer.visit(one.checkout("paypal")["url"])
        buyer.send("/login", email="buyer@example.com", password=PASSWORD)
        _look(folder, one.log)  # with the write-ahead log
    _look(folder, tmp_path / "folder.log")


def test_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    made = keys.make(tmp_path / "folder")
    assert keys.make(tmp_path / "folder") == made == keys.read(tmp_path / "folder")
    assert stat.S_IMODE((tmp_path / "folder" / keys.FILE).stat().st_mode) == 0o600
    assert keys.make(tmp_path / "other") != made


def _use(one: sandbox.Sandbox, card: cards.TestCard) -> None:
    """On a page that it pays on, on one that finds its date wrong, and where it must not be."""
    buyer = one.buyer()
    cvv = f"{CVV}3" if card.number.startswith("37") else CVV
    buyer.visit(one.checkout(save=True)["url"])
    buyer.card(card.grouped, cvv=cvv, expiry="nonsense")
    buyer.card(REAL, cvv=cvv)
    buyer.card(card.grouped, cvv=cvv)
    address = f"{one.url}/pay/none/card?number={card.number}"
    assert httpx.post(address, data={"number": card.number}).status_code == httpx.codes.FORBIDDEN
    wrong = {"number": card.number, "kind": "card", "return_url": SHOP}
    assert one.ask("POST", "/v1/setups", wrong).status_code == httpx.codes.UNPROCESSABLE_ENTITY


def _look(folder: Path, log: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 2
    for path in (*files, log):
        text = path.read_bytes().decode("latin-1")
        squeezed = re.sub(r"[ -]", "", text)
        for number in (*cards.BY_NUMBER, cards.digits(REAL)):
            assert number not in squeezed, path
        assert not AS_VALUE.search(text), path
        assert PASSWORD not in text, path
