"""MT940, and what is none."""

import time
from datetime import date
from pathlib import Path

import pytest

from quartermaster.adapters.bank_statements import formats
from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.usecases.ports.bank_statements import UnreadableStatement
from tests.adapters.bank_statements import files
from tests.adapters.bank_statements.files import MT940

DAY = date(2026, 11, 20)


def test_a_german_one() -> None:
    (found,) = formats.read(MT940.encode())
    assert (found.id, found.account) == ("S-1/00231/001", files.IBAN)
    came, went = found.entries
    assert came == Entry(
        "BANK-1", DAY, 25_050, "EUR", "RF18 5390 0754 7034", "E2E-1", "Ann Lee", files.PAYER
    )
    text = "Rent for November to the landlord"
    assert went == Entry("BANK-2", DAY, -5_000, "EUR", text, "RENT-11")


def test_it_is_what_camt_says() -> None:
    content = files.camt(files.entry("250.50", files.detail()))
    (camt,), (mt940, _) = formats.read(content)[0].entries, formats.read(MT940.encode())[0].entries
    assert camt == mt940
    assert wires.keys("DE1", [camt]) == wires.keys("DE1", [mt940])


def test_an_iban_may_stand_behind_a_bic() -> None:
    text = files.MT940.replace(":25:", ":25:DEUTDEFF/")
    assert [one.account for one in formats.read(text.encode())] == [files.IBAN]


def test_a_dutch_one_with_its_own_codes() -> None:
    coded = f"/TRTP/SEPA OVERBOEKING/IBAN/{files.PAYER}/BIC/X/NAME/Ann Lee/REMI/RF18 5390\n"
    text = MT940.replace("Rent for November\n to the landlord", f"{coded}0754/EREF/E2E-9")
    found = formats.read(text.encode())[0].entries[1]
    assert (found.payer_name, found.payer_iban) == ("Ann Lee", files.PAYER)
    assert found.end_to_end_id == "E2E-9"
    assert "RF18 5390 0754" in found.text


@pytest.mark.parametrize(("mark", "closing"), [("RC", "949,50"), ("RD", "1050,50")])
def test_reversals_have_the_other_sign(mark: str, closing: str) -> None:
    sign = -1 if mark == "RC" else 1
    text = MT940.replace("C250,50", f"{mark}100,50").replace("C261120EUR1200,50", "C261120EUR")
    total = 100_000 + sign * 10_050 - 5_000
    text = text.replace("C261120EUR\n", f"C261120EUR{total // 100},{total % 100:02}\n")
    assert formats.read(text.encode())[0].entries[0].amount_minor == sign * 10_050


def test_several_statements_other_encodings_and_line_ends() -> None:
    second = MT940.replace("S-1", "S-2").replace("Ann Lee", "Zoë")
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        content = f"{MT940}{second}".replace("\n", "\r\n").encode(encoding)
        found = formats.read(content)
        assert [one.id[:3] for one in found] == ["S-1", "S-2"]
        assert found[1].entries[0].payer_name == "Zoë"


def test_a_year_may_end_between_the_two_dates() -> None:
    text = MT940.replace(":61:2611201120C", ":61:2701011231C")
    assert formats.read(text.encode())[0].entries[0].booked_date == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("EUR1200,50", "EUR1200,49", "statement 1: the entries make 20050"),
        (
            "C250,50NTRFNONREF",
            "C250,50",
            "statement 1: the entries make -5000",
        ),  # the library drops it
        ("C250,50", "X250,50", "no MT940"),
        ("C250,50", "C250,505", "250.505 has more decimals than EUR"),
        (":60F:C261119EUR1000,00\n", "", "line 4: :61: is out of place"),
        (":62F:C261120EUR1200,50\n", "", "ends before the closing balance"),
        (":62F:C261120EUR1200,50\n", ":20:S-2\n", "line 11: :20: is out of place"),
        (f":25:{files.IBAN}EUR\n", "", ":25: is missing"),
        ("1000,00\n:61:261120", "1000,00\n:61:261320", "no MT940"),
        ("EUR1000,00", "E1R1000,00", "is no currency"),
        ("Rent", "Re\0nt", "line 9: this is no text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, words: str) -> None:
    assert old in MT940
    with pytest.raises(UnreadableStatement, match=words) as no:
        formats.read(MT940.replace(old, new, 1).encode())
    assert no.value.field == "file"


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"hello", b"\x89PNG\r\n", MT940.encode("utf-16"), b"\x81\x8d\x8f", b"PK\3\4" * 9],
)
def test_what_is_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableStatement):
        formats.read(content)


def test_wherever_it_is_cut_off_nothing_is_read() -> None:
    content = MT940.encode()
    for end in range(content.index(b"1200,50")):
        with pytest.raises(UnreadableStatement):
            formats.read(content[:end])


def test_the_name_of_a_file_is_not_followed(tmp_path: Path) -> None:
    there = tmp_path / "secret"
    there.write_text(MT940)
    with pytest.raises(UnreadableStatement):
        formats.read(str(there).encode())


def test_a_hostile_one_takes_no_longer_than_a_large_one() -> None:
    begun = time.monotonic()
    head, line, rest = MT940.partition(":61:2611201120D50,00NTRFRENT-11//BANK-2\n")
    for padding in ("?2" * 400_000, "+SVWZ" * 200_000, "/IBAN" * 200_000, " \n" * 500_000):
        text = f"{head}{line}:86:{padding}\n{rest.partition(chr(10))[2]}"
        formats.read(text.encode())
    assert time.monotonic() - begun < 20
