# mypy: disallow-untyped-calls=False
# (pyHanko is typed in part only.)
"""Seal: append one revision to the file shown to the family, with the evidence, the stamp on the page and the seal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from io import BytesIO
from uuid import uuid4

from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import Signer, fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.charter.keys import SealKey
from portal.charter.pades.shared import asn1, first_revision, named
from portal.charter.seal import EVIDENCE_NAME, FieldBox, Notice, SealError
from portal.charter.security_module import ModuleKey, ModuleRefused, session
from portal.platform import pdf as documents

RESERVED = 24_576
"""Hexadecimal digits kept for the seal's message: 2 kB, and 10 kB for the time stamp that comes later."""

FIELD_NAME = "Cachet"
STAMP_SIZES = (9.0, 8.0, 7.0, 6.0, 5.0)
"""Type sizes of the stamp in points, tried until its lines fit."""
STAMP_LENGTH = 600
"""Characters of a stamp, at most: far longer texts cannot fit, and take a minute of layout to find out."""

_CENTRED = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)


class _StampPage(PdfContent):
    """The first page of a PDF held in memory, as the drawing of a stamp."""

    def __init__(self, pdf: bytes, box: FieldBox) -> None:
        width, height = box.size
        super().__init__(box=BoxConstraints(width=width, height=height))
        self._pdf = pdf

    def render(self) -> bytes:
        name = f"/Tampon{uuid4().hex}"
        self.resources.xobject[name] = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        return f"{name} Do".encode()


class _ArchiveSigner(signers.PdfSigner):
    """A signer that takes the time from the portal's clock and leaves the file a PDF/A-3."""

    moment: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, **_algorithm: str) -> None:
        """Declare PAdES only: for P-256, pyHanko would also declare PDF 2.0, which PDF/A-3 forbids."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


def seal(
    presented: bytes,
    *,
    evidence: bytes,
    key: SealKey,
    notice: Notice,
    moment: datetime,
) -> bytes:
    """Append one revision to the presented file; see `portal.charter.seal.seal`."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(presented))
        _enclose(writer, evidence)
        _add_field(writer, notice)
        style = _style(notice)
        with _signer(key) as signer:
            archiver = _ArchiveSigner(_metadata(notice), signer, stamp_style=style)
            archiver.moment = moment
            sealed: bytes = archiver.sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED).getvalue()
    except ModuleRefused as error:
        raise SealError(f"Le cachet n’a pas pu être posé : {error}") from error
    except (PdfError, SigningError) as error:
        raise SealError("Le cachet n’a pas pu être posé sur cette charte.") from error
    if first_revision(PdfFileReader(BytesIO(sealed)), sealed) != presented:
        raise SealError("Le fichier présenté porte déjà des modifications : il ne peut pas être scellé.")
    return sealed


def _metadata(notice: Notice) -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=notice.reason,
        location=notice.place,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )


@contextmanager
def _signer(key: SealKey) -> Iterator[Signer]:
    """What signs with a key: this process, or the module that keeps it, for as long as its session is open."""
    certificate, above = asn1(key.certificate), [asn1(one) for one in key.chain]
    if isinstance(key.private_key, ModuleKey):
        driver, label = import_module("pyhanko.sign.pkcs11"), key.private_key.label  # only where there is a module
        with session(key.private_key, login=True) as opened:  # raw: some modules know no « hash, then sign »
            yield driver.PKCS11Signer(
                opened, signing_cert=certificate, ca_chain=above, key_label=label, use_raw_mechanism=True
            )
        return
    store = SimpleCertificateStore()
    store.register_multiple(above)
    private = key.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    yield signers.SimpleSigner(certificate, asn1_keys.PrivateKeyInfo.load(private), store)


def _enclose(writer: IncrementalPdfFileWriter, evidence: bytes) -> None:
    """Enclose the evidence as PDF/A-3 asks (ISO 19005-3, 6.8): typed, dated by the seal, tied to the whole document.

    pyHanko's own `embed_file` would declare PDF 2.0, which PDF/A-3 forbids.
    """
    names = _dictionary(writer, writer.root, "/Names")
    if "/EmbeddedFiles" in names or "/AF" in writer.root:
        raise SealError("Le fichier présenté porte déjà une pièce jointe : il ne peut pas être scellé.")
    content = embed.EmbeddedFileObject.from_file_data(
        writer, evidence, params=embed.EmbeddedFileParams(), mime_type="application/json"
    )
    enclosure = embed.FileSpec(
        EVIDENCE_NAME,
        file_name=EVIDENCE_NAME,
        embedded_data=content,
        description="Dossier de preuve de la signature",
        af_relationship=generic.NameObject("/Data"),
    )
    reference = writer.add_object(enclosure.as_pdf_object())
    tree = generic.DictionaryObject(
        {generic.NameObject("/Names"): generic.ArrayObject([generic.pdf_string(EVIDENCE_NAME), reference])}
    )
    names["/EmbeddedFiles"] = writer.add_object(tree)
    writer.update_container(names)
    writer.root["/AF"] = generic.ArrayObject([reference])
    writer.update_root()


def _dictionary(
    writer: IncrementalPdfFileWriter, parent: generic.DictionaryObject, name: str
) -> generic.DictionaryObject:
    """The dictionary under a name, made when there is none."""
    if name not in parent:
        parent[name] = writer.add_object(generic.DictionaryObject())
        writer.update_container(parent)
    child: generic.DictionaryObject = parent[name]
    return child


def _add_field(writer: IncrementalPdfFileWriter, notice: Notice) -> None:
    """Add the field of the seal, with its words for those who do not see the stamp."""
    words = " ".join(notice.lines)
    fields.append_signature_field(
        writer,
        fields.SigFieldSpec(
            FIELD_NAME,
            on_page=notice.box.page,
            box=notice.box.rect,
            readable_field_name=words,
        ),
    )
    if "/StructTreeRoot" in writer.root:
        _tag_field(writer, page=writer.find_page_for_modification(notice.box.page)[0], words=words)


def _tag_field(writer: IncrementalPdfFileWriter, *, page: generic.IndirectObject, words: str) -> None:
    """Put the field at the end of the reading order: in a tagged file, what is not in the tree is not read aloud."""
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    tree = writer.root["/StructTreeRoot"]
    parents, document = tree["/ParentTree"]["/Nums"], tree["/K"][0]
    number = max((int(parents[index]) for index in range(0, len(parents), 2)), default=-1) + 1
    element = writer.add_object(_form_element(document=tree["/K"].raw_get(0), page=page, field=field, words=words))
    parents.extend([generic.NumberObject(number), element])
    document["/K"].append(element)
    field.get_object()["/StructParent"] = generic.NumberObject(number)
    for changed in (parents, document["/K"], field.get_object()):
        writer.update_container(changed)


def _form_element(
    *, document: generic.PdfObject, page: generic.IndirectObject, field: generic.PdfObject, words: str
) -> generic.DictionaryObject:
    name = generic.NameObject
    target = generic.DictionaryObject({name("/Type"): name("/OBJR"), name("/Obj"): field, name("/Pg"): page})
    return generic.DictionaryObject(
        {
            name("/Type"): name("/StructElem"),
            name("/S"): name("/Form"),
            name("/P"): document,
            name("/Pg"): page,
            name("/Alt"): generic.pdf_string(words),
            name("/K"): target,
        }
    )


def _style(notice: Notice) -> StaticStampStyle:
    page = _StampPage(_stamp(notice), notice.box)
    return StaticStampStyle(border_width=0, background=page, background_layout=_CENTRED)


def _stamp(notice: Notice) -> bytes:
    """Draw the stamp, in the largest type whose lines fit in the box."""
    width, height = notice.box.size
    sizes = STAMP_SIZES if sum(map(len, notice.lines)) <= STAMP_LENGTH else ()
    for size in sizes:
        pdf = documents.render(
            "charter/pdf/stamp.html",
            {"lines": notice.lines, "width": width, "height": height, "size": size},
            title="Cachet",
            variant="pdf/a-3b",
        )
        if PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"] == 1:
            return pdf
    raise SealError("Le texte du cachet est trop long pour la place qui lui est réservée.")


def reserved_box(presented: bytes, *, anchor: str, width: int, height: int) -> FieldBox:
    """Find a named destination; see `portal.charter.seal.reserved_box`."""
    root = PdfFileReader(BytesIO(presented)).root
    pages = [page.idnum for page in root["/Pages"]["/Kids"]]
    for name, destination in named(root, "/Dests"):
        if name == anchor:
            left, top = round(destination[2]), round(destination[3])
            page = pages.index(destination.raw_get(0).idnum)
            return FieldBox(page=page, rect=(left, top - height, left + width, top))
    raise SealError(f"La charte ne réserve pas de place au cachet : l’ancre « {anchor} » manque.")
