"""Says in a PDF's metadata that it carries an invoice as XML, as Factur-X asks for (7.3.2, XMP).

Typst writes all else, but no metadata of others. It is appended as a revision (ISO 32000-1, 7.5.6),
which takes pypdf half as long as writing the file anew, and leaves what Typst wrote as it is.
"""

import io
from typing import Final

from pypdf import PdfWriter
from pypdf.generic import NullObject, StreamObject

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


def carrying_invoice(pdf: bytes) -> bytes:
    """A PDF of Typst's with `XML_NAME` attached. InvariantBroken where it is written otherwise."""
    file = PdfWriter(io.BytesIO(pdf), incremental=True)
    metadata = file.root_object.get("/Metadata", NullObject()).get_object()
    if not isinstance(metadata, StreamObject):
        raise InvariantBroken("Typst writes no metadata")
    packet = metadata.get_data()
    for end, added in _ENDS.items():
        if packet.count(end) != 1:
            raise InvariantBroken("Typst writes metadata in another way")
        packet = packet.replace(end, added + end)
    metadata.set_data(packet)
    made = io.BytesIO()
    file.write(made)
    return made.getvalue()
