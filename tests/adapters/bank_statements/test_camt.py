"""CAMT.053 of several versions, and what is none."""

import time
from datetime import date

import pytest

from quartermaster.adapters.bank_statements import formats
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.usecases.ports.bank_statements import UnreadableStatement
from tests.adapters.bank_statements import files
from tests.adapters.bank_statements.files import balance, camt, detail, entry

WHOLE = Entry(
    "BANK-1",
    date(2026, 11, 20),
    25_050,
    "EUR",
    files.REFERENCE,
    "E2E-1",
    "Ann Lee",
    files.PAYER,
)


@pytest.mark.parametrize("version", ["02", "03", "04", "06", "08", "13"])
def test_every_version_says_the_same(version: str) -> None:
    old = "02" if version < "08" else "08"
    content = camt(
        balance("OPBD", "1000.00"),
        balance("CLBD", "1250.50"),
        entry("250.50", detail(old), version=old),
        entry("77.00", detail(old), version=old, status="PDNG"),
        version=version,
    )
    (found,) = formats.read(content)
    assert (found.id, found.account, found.entries) == ("S-1", files.IBAN, (WHOLE,))


def test_what_goes_out_is_below_zero_and_names_who_gets_it() -> None:
    party = detail().replace("Dbtr", "Cdtr")
    (found,) = formats.read(camt(entry("9.99", party, side="DBIT")))
    assert [(one.amount_minor, one.payer_name) for one in found.entries] == [(-999, "Ann Lee")]


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_sum_of_several_is_each_of_them(version: str) -> None:
    parts = [detail(version, amount=amount, end=amount) for amount in ("100.25", "150.25")]
    (found,) = formats.read(camt(entry("250.50", *parts, version=version), version=version))
    assert [(one.amount_minor, one.end_to_end_id) for one in found.entries] == [
        (10_025, "100.25"),
        (15_025, "150.25"),
    ]


@pytest.mark.parametrize("amounts", [("100.25", "150.24"), ("250.50", ""), ("", "")])
def test_parts_that_do_not_make_the_sum_are_one_entry(amounts: tuple[str, str]) -> None:
    parts = [detail(**({"amount": one} if one else {}), text=f"for {one}") for one in amounts]
    (found,) = formats.read(camt(entry("250.50", *parts)))
    assert [one.amount_minor for one in found.entries] == [25_050]
    assert all(f"for {one}".strip() in found.entries[0].text for one in amounts)


def test_all_that_was_written_is_kept_once() -> None:
    structured = "<RmtInf><Ustrd>one</Ustrd><Ustrd> two\n </Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref>"
    structured += "</CdtrRefInf></Strd></RmtInf><AddtlTxInf>one</AddtlTxInf>"
    body = detail().replace(f"<RmtInf><Ustrd>{files.REFERENCE}</Ustrd></RmtInf>", structured)
    (found,) = formats.read(camt(entry("1.00", body)))
    assert found.entries[0].text == "one\ntwo\nRF18"


def test_prefixes_envelopes_encodings_and_other_accounts() -> None:
    content = camt(entry("250.50", detail(name="Zoë")))
    text = content.decode()
    prefixed = text.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:c=")
    enveloped = text.partition("?>")[2]
    enveloped = f"<Envelope xmlns='urn:x'><AppHdr/>{enveloped}</Envelope>"
    wide = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    latin = text.replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    for one in (prefixed.encode(), enveloped.encode(), wide, latin, b"\xef\xbb\xbf" + content):
        (found,) = formats.read(one)
        assert [(each.amount_minor, each.payer_name) for each in found.entries] == [(25_050, "Zoë")]
    other = f"<IBAN>{files.IBAN}</IBAN>".encode(), b"<Othr><Id>4711 x</Id></Othr>"
    assert formats.read(content.replace(*other, 1))[0].account == "4711X"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))


@pytest.mark.parametrize(
    "head",
    [
        f"<!DOCTYPE d [{LAUGHS}]>",
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    ],
)
def test_no_document_type_and_so_no_entities(head: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableStatement, match="document type"):
        formats.read(camt(entry("1.00", detail(text="&l11;&x;")), head=head))
    assert time.monotonic() - begun < 1


GOOD = camt(balance("OPBD", "1000.00"), balance("CLBD", "1250.50"), entry("250.50", detail()))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1250.50", "1250.49", "Stmt 1: the entries make 25050"),
        ('"EUR">250.50', '"EUR">250.505', "Stmt 1 Ntry 1 Amt: 250.505 has more decimals"),
        ('"EUR">250.50', '"JPY">250.50', "Ntry 1 Amt: 250.50 has more decimals than JPY"),
        ('"EUR">250.50', '"EUR">-250.50', "Ntry 1 Amt: '-250.50' is no amount"),
        ('"EUR">250.50', '"EUR">2e9', "'2e9' is no amount"),
        ('"EUR">250.50', '"EUR">٢٥٠', "is no amount"),
        ('"EUR">250.50', f'"EUR">{"9" * 16}', "is no amount"),
        ('"EUR">250.50', '"euro">250.50', "'euro' is no currency"),
        ("<Dt>2026-11-20</Dt></BookgDt>", "<Dt>20.11.2026</Dt></BookgDt>", "Dt: '20.11.2026' is"),
        ("<Dt>2026-11-20</Dt></BookgDt>", "</BookgDt>", "Ntry 1: BookgDt/Dt is missing"),
        ("<Dt>2026-11-20</Dt></BookgDt>", "<Dt>2026-02-30</Dt></BookgDt>", "is no date"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>X</CdtDbtInd><Sts>", "CdtDbtInd: 'X'"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "Ntry 1: CdtDbtInd is missing"),
        (f"<IBAN>{files.IBAN}</IBAN>", "", "Stmt 1: Acct/Id is missing"),
        ("camt.053.001", "camt.054.001", "not the document of a CAMT.053"),
        ("</Stmt>", "</Stmd>", "line 1[0-9], column [0-9]+: this is no well-formed XML"),
        ("<Stmt>", "<Stmt>&undeclared;", "this is no well-formed XML"),
        ("<Stmt>", "<Stmt>\0", "no well-formed XML"),
        ('"UTF-8"', '"EBCDIC-CP-XX"', "encoding"),
        ('"UTF-8"', '"UTF-7"', "encoding"),
        ("BkToCstmrStmt", "BkToCstmrAcctRpt", "no statement in the file"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, words: str) -> None:
    text = GOOD.decode()
    assert old in text
    with pytest.raises(UnreadableStatement, match=words) as no:
        formats.read(text.replace(old, new).encode())
    assert no.value.field == "file"


def test_wherever_it_is_cut_off_nothing_is_read() -> None:
    assert len(formats.read(GOOD)[0].entries) == 1
    for end in range(len(GOOD.rstrip())):
        with pytest.raises(UnreadableStatement):
            formats.read(GOOD[:end])


def test_bytes_that_are_not_in_the_encoding_are_refused() -> None:
    with pytest.raises(UnreadableStatement, match="line"):
        formats.read(GOOD.replace(b"Ann", b"Zo\xeb"))


def test_huge_and_deep_ones_are_refused_or_read_soon() -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableStatement, match="10,000,000 bytes"):
        formats.read(GOOD + b" " * 10_000_000)
    with pytest.raises(UnreadableStatement):
        formats.read(b"<a>" * 1_000_000)
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    with pytest.raises(UnreadableStatement):
        formats.read(deep)
    many = camt(*(entry("1.00", detail(), name=f"B-{number}") for number in range(5_000)))
    assert len(formats.read(many)[0].entries) == 5_000
    assert time.monotonic() - begun < 20


def test_a_page_of_a_long_statement_need_not_add_up() -> None:
    page = camt(balance("OPBD", "1000.00"), balance("ITBD", "1.00"), entry("250.50", detail()))
    assert len(formats.read(page)[0].entries) == 1
