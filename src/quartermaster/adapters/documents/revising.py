"""Says in a PDF's metadata that it carries an invoice as XML, as Factur-X asks for (7.3.2, XMP).

Typst writes all else, but no metadata of others. The file is not written anew, which would take as
long as setting it: a revision is appended (ISO 32000-1, 7.5.6) with the metadata alone.
"""

import re
from typing import Final

from quartermaster.core.errors import InvariantBroken

XML_NAME: Final = "factur-x.xml"
_URN: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_SAID: Final = {
    "DocumentFileName": (XML_NAME, "The name of the embedded XML document"),
    "DocumentType": ("INVOICE", "The type of the hybrid document in capital letters"),
    "Version": ("1.0", "The version of the standard of the embedded XML document"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded XML document"),
}
_PROPERTIES: Final = "".join(
    '<rdf:li rdf:parseType="Resource">'
    f"<pdfaProperty:name>{name}</pdfaProperty:name>"
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
    "<pdfaProperty:category>external</pdfaProperty:category>"
    f"<pdfaProperty:description>{words}</pdfaProperty:description>"
    "</rdf:li>"
    for name, (_, words) in _SAID.items()
)
_SCHEMA: Final = (
    '<rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_URN}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    f"<pdfaSchema:property><rdf:Seq>{_PROPERTIES}</rdf:Seq></pdfaSchema:property>"
    "</rdf:li>"
)
_VALUES: Final = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_URN}">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _SAID.items())
    + "</rdf:Description>"
)
_ENDS: Final = {
    b"</rdf:Bag></pdfaExtension:schemas>": _SCHEMA.encode(),
    b"</rdf:RDF>": _VALUES.encode(),
}
_TAIL: Final = re.compile(
    rb"trailer\s*<<(?P<known>.*)>>\s*startxref\s*(?P<at>\d+)\s*%%EOF\n?\Z", re.S
)
_METADATA_ENDS: Final = b"/Type/Metadata/Subtype/XML>>"
_METADATA: Final = re.compile(
    rb"\n(?P<number>\d+) 0 obj\s*<</Length \d+/Type/Metadata/Subtype/XML>>\s*stream\n"
    rb"(?P<packet>.*?)\nendstream",
    re.S,
)
_OBJECT: Final = (
    b"%s 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n"
)
_TABLE: Final = (
    b"xref\n0 1\n0000000000 65535 f \n%s 1\n%010d 00000 n \n"
    b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
)


def carrying_invoice(pdf: bytes) -> bytes:
    """A PDF of Typst's with `XML_NAME` attached. InvariantBroken where it is written otherwise."""
    tail = _TAIL.search(pdf, max(0, pdf.rfind(b"\ntrailer")))
    found = _METADATA.search(pdf, max(0, pdf.rfind(_METADATA_ENDS) - 64))
    if tail is None or found is None:
        raise InvariantBroken("Typst writes PDFs in another way")
    return _revised(pdf, tail, found)


def _revised(pdf: bytes, tail: re.Match[bytes], found: re.Match[bytes]) -> bytes:
    packet = found["packet"]
    for end, added in _ENDS.items():
        if packet.count(end) != 1:
            raise InvariantBroken("Typst writes metadata in another way")
        packet = packet.replace(end, added + end)
    number, known, before = found["number"], tail["known"], tail["at"]
    whole = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    changed = _OBJECT % (number, len(packet), packet)
    table = _TABLE % (number, len(whole), known, before, len(whole) + len(changed))
    return b"".join((whole, changed, table))
