"""Statements as banks send them: a camt.053 of any version, and an MT940."""

from typing import Final

IBAN: Final = "DE89370400440532013000"
PAYER: Final = "GB29NWBK60161331926819"
REFERENCE: Final = "RF18 5390 0754 7034"

NEW: Final = "08"
OLD: Final = "02"


def balance(kind: str, amount: str, side: str = "CRDT") -> str:
    """Of a statement."""
    return f"""<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"""


def detail(version: str = NEW, **said: str) -> str:
    """Of a transaction, with `amount`, `text`, `end`."""
    name = said.get("name", "Ann Lee")
    party = f"<Nm>{name}</Nm>" if version == OLD else f"<Pty><Nm>{name}</Nm></Pty>"
    amount = f'<Amt Ccy="EUR">{said["amount"]}</Amt>' if "amount" in said else ""
    if amount and version == OLD:
        amount = f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    return f"""<TxDtls><Refs><EndToEndId>{said.get("end", "E2E-1")}</EndToEndId></Refs>{amount}
<RltdPties><Dbtr>{party}</Dbtr><DbtrAcct><Id><IBAN>{PAYER}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>{said.get("text", REFERENCE)}</Ustrd></RmtInf></TxDtls>"""


def entry(amount: str, *details: str, version: str = NEW, **said: str) -> str:
    """Booked, coming in, unless said otherwise."""
    status = said.get("status", "BOOK")
    booked = status if version == OLD else f"<Cd>{status}</Cd>"
    return f"""<Ntry><NtryRef>1</NtryRef><Amt Ccy="{said.get("currency", "EUR")}">{amount}</Amt>
<CdtDbtInd>{said.get("side", "CRDT")}</CdtDbtInd><Sts>{booked}</Sts>
<BookgDt><Dt>{said.get("day", "2026-11-20")}</Dt></BookgDt>
<AcctSvcrRef>{said.get("name", "BANK-1")}</AcctSvcrRef>
<NtryDtls>{"".join(details)}</NtryDtls></Ntry>"""


def camt(*parts: str, version: str = NEW, head: str = "") -> bytes:
    """A file with one statement."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId></GrpHdr><Stmt><Id>S-1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>
{"".join(parts)}</Stmt></BkToCstmrStmt></Document>""".encode()


MT940: Final = f""":20:S-1
:25:{IBAN}EUR
:28C:00231/001
:60F:C261119EUR1000,00
:61:2611201120C250,50NTRFNONREF//BANK-1
:86:166?00GUTSCHRIFT?20EREF+E2E-1?21SVWZ+RF18 5390 07?2254 7034?30NWBKGB2L
?31{PAYER}?32Ann Lee
:61:2611201120D50,00NTRFRENT-11//BANK-2
:86:Rent for November
 to the landlord
:62F:C261120EUR1200,50
-
"""
