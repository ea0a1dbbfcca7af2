"""Two lycées with everything in them, for the tests that go through every address of the portal.

`town(app)` gives two `Lycee`: each has its staff, a family whose two parents live apart, another family, loans in every
state, parcels, devices, charters and files. `Lycee.ids(endpoint)` are the objects that an address of the portal names.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask

from portal.access.models import ContactClaim, IdentityDoubt
from portal.charter.models import CharterDesk, CharterSignature
from portal.charter.states import SignatureState
from portal.credentials.models import AuthenticatorApp
from portal.distribution.models import DistributionSession, Scan, Station
from portal.distribution.states import AttendanceState, SessionState
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import files
from portal.platform.jobs import Job, JobState
from portal.privacy.models import DataExport, RightsRequest
from portal.privacy.states import ExportState, Right
from portal.roster.models import RosterImport
from portal.roster.states import ImportState
from portal.schools.models import School
from portal.shipping.models import Handover, LabelAttempt, Parcel
from portal.shipping.states import ParcelState
from portal.stock.models import Device, LotDelivery, Stocktake, Transfer
from portal.stock.states import DeviceKind, DeviceState
from portal.team.models import HelperPass
from tests import factories as make
from tests.factories.accounts import Staff
from tests.factories.roster import Family
from tests.factories.writing import add, made
from tests.platform.kinds import (
    APP,
    ATTEMPT,
    BATCH,
    BLANK,
    CHILD,
    CLAIM,
    COPY,
    DELIVERY,
    DESK,
    DEVICE,
    DEVICE_LABELS,
    DOUBT,
    FACTOR,
    GRANT,
    HANDED_OVER,
    HANDOVER,
    JOB,
    LOAN,
    OWN_COPY,
    PARCEL,
    PASS,
    REQUEST,
    ROSTER,
    SCAN,
    SCHOOL,
    SIGNATURE,
    SITTING,
    STATION,
    STOCKTAKE,
    STUDENT,
    STUDENT_LABELS,
    TRANSFER,
    kind_of,
)

PDF = b"%PDF-1.7 of the tests"


@dataclass
class Lycee:
    """One lycée and its people."""

    school: School
    head: Staff
    manager: Staff
    technician: Staff
    mother: Family
    father: Family
    neighbour: Family
    loans: dict[LoanState, Loan] = field(default_factory=dict)
    signatures: list[CharterSignature] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    deliveries: list[LotDelivery] = field(default_factory=list)
    device_labels: list[Job] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    stocktakes: list[Stocktake] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    attempts: list[LabelAttempt] = field(default_factory=list)
    batches: list[Job] = field(default_factory=list)
    blanks: list[Job] = field(default_factory=list)
    desks: list[CharterDesk] = field(default_factory=list)
    doubts: list[IdentityDoubt] = field(default_factory=list)
    claims: list[ContactClaim] = field(default_factory=list)
    imports: list[RosterImport] = field(default_factory=list)
    requests: list[RightsRequest] = field(default_factory=list)
    copies: list[DataExport] = field(default_factory=list)
    own_copies: list[DataExport] = field(default_factory=list)
    passes: list[HelperPass] = field(default_factory=list)
    apps: list[AuthenticatorApp] = field(default_factory=list)
    sittings: list[DistributionSession] = field(default_factory=list)
    student_labels: list[Job] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    handed_over: list[Loan] = field(default_factory=list)

    @property
    def draft(self) -> Loan:
        """What the mother has begun to ask."""
        return self.loans[LoanState.DRAFT]

    def ids(self, endpoint: str) -> list[str]:
        """The public ids that an address of this endpoint may bear."""
        rows = {
            LOAN: list(self.loans.values()),
            SIGNATURE: self.signatures,
            PARCEL: self.parcels,
            DEVICE: self.devices,
            JOB: self.jobs,
            HANDOVER: self.handovers,
            ATTEMPT: self.attempts,
            BATCH: self.batches,
            BLANK: self.blanks,
            DOUBT: self.doubts,
            DESK: self.desks,
            CLAIM: self.claims,
            STUDENT: [self.mother.student, self.neighbour.student],
            ROSTER: self.imports,
            REQUEST: self.requests,
            CHILD: [self.mother.student],
            COPY: self.copies,
            OWN_COPY: self.own_copies,
            SCHOOL: [self.school],
            GRANT: [self.technician.grant, self.head.grant],
            PASS: self.passes,
            APP: self.apps,
            SITTING: self.sittings,
            STUDENT_LABELS: self.student_labels,
            STATION: self.stations,
            SCAN: self.scans,
            HANDED_OVER: self.handed_over,
            FACTOR: [],
            "token": [],
            "entry of the directory": [],
            "decision": [],
            "supplier's lot": [],
            DELIVERY: self.deliveries,
            DEVICE_LABELS: self.device_labels,
            TRANSFER: self.transfers,
            STOCKTAKE: self.stocktakes,
            "request to the region": [],
            "link": [],
        }[kind_of(endpoint)]
        return [row.public_id for row in rows]


def town(app: Flask) -> tuple[Lycee, Lycee]:
    """Two lycées alike."""
    del app  # the fixture whose context is open: files are kept in its folder
    make.region(), make.campaign(), make.charter_version()
    return _lycee(), _lycee()


def _lycee() -> Lycee:
    school = make.school()
    mother = make.family(make.student(school), guardian=make.guardian(school))
    father = make.family(mother.student, guardian=make.guardian(school))
    here = Lycee(
        school=school,
        head=make.head(school),
        manager=make.manager(school),
        technician=make.technician(school),
        mother=mother,
        father=father,
        neighbour=make.family(make.student(school), guardian=make.guardian(school)),
    )
    for state in LoanState:
        here.loans[state] = _loan(here, state)
    make.recall(here.loans[LoanState.LENT])
    here.devices = [make.device(school) for _ in range(3)]
    here.deliveries = [make.delivery(school)]
    here.transfers = [make.transfer(school, make.school())]
    here.stocktakes = [make.stocktake(school)]
    here.device_labels = [_job(here, "etiquettes-materiel:0123", JobState.DONE, files.keep(PDF, kind="etiquettes"))]
    make.device(school, state=DeviceState.ANNOUNCED, delivery_id=here.deliveries[0].id)
    here.passes = [make.helper_pass(school, made_by=here.manager.account_id)]
    here.apps = [
        make.phone(one.account, confirmed_at=None, last_step=None).app
        for one in (here.head, here.manager, here.technician)
    ]
    _parcels(here)
    _letters(here)
    _charters(here)
    here.imports = [_import(here, number, state) for number, state in enumerate(ImportState, 1)]
    _rights(here)
    _distribution(here)
    _floor(here)
    return here


def _distribution(here: Lycee) -> None:
    """A session in each state, each with a class and a turn of the neighbour's child; and printed labels."""
    for state in SessionState:
        day = make.session(here.school, state=state)
        make.session_class(day), make.attendance(day, student=here.neighbour.student)
        make.station(day)
        here.sittings.append(day)
    key = files.keep(PDF + b" labels", kind="etiquettes-eleves")
    here.student_labels = [_job(here, "etiquettes-eleves:0123456789abcdef", JobState.DONE, key)]


def _loan(here: Lycee, state: LoanState) -> Loan:
    """The draft and the finished loans are the mother's; each other open loan is another pupil's of the lycée."""
    hers = state in {LoanState.DRAFT, LoanState.CLOSED, LoanState.REFUSED}
    pupil = here.mother.student if hers else make.student(here.school)
    values = {}
    if state is LoanState.DRAFT:
        values = {
            "delivery": Delivery.HOME,
            "contact_email": "mere.seule@example.org",
            "contact_mobile": "+33639989901",
        }
        values |= {"recipient": "Mère Seule", "street": "7 rue du Secret", "postcode": "54000", "city": "Nancy"}
    if hers:
        values["requested_by"] = here.mother.account_id
    charter = CharterGate.SIGNED if state in {LoanState.APPROVED, LoanState.PREPARING} else None
    return make.loan(
        state=state, student=pupil, charter=charter, **{k: v for k, v in values.items() if k != "delivery"}
    )


def _parcels(here: Lycee) -> None:
    photo = files.keep(b"a photo", kind="colis-photo", suffix="jpg")
    here.parcels = [make.parcel(here.loans[LoanState.PREPARING], state=ParcelState.READY, photo_key=photo)]
    sent = make.parcel(here.loans[LoanState.IN_TRANSIT], state=ParcelState.HANDED_OVER)
    number = f"6A1234567{here.school.id % 10000:04d}"
    here.parcels.append(make.parcel(here.loans[LoanState.CLOSED], state=ParcelState.DELIVERED, tracking_number=number))
    here.parcels.append(sent)
    batch = [one for one in make.every(Handover) if one.id == sent.handover_id]
    key = files.keep(PDF + here.school.name.encode(), kind="depot")
    here.jobs = [
        _job(here, "bordereaux:0123456789abcdef", JobState.DONE, key),
        _job(here, "etiquettes:0123456789abcdef", JobState.RUNNING, None),
        _job(here, f"deposit:{batch[0].number}", JobState.DONE, key),
    ]
    here.handovers = batch
    here.attempts = [make.attempt(here.parcels[0])]
    make.journey(sent)


def _floor(here: Lycee) -> None:
    """A session that goes on, its post, a student served there; and the tablet that the mother's child received."""
    day = make.session(here.school, state=SessionState.OPEN)
    here.stations = [make.station(day, account_id=here.manager.account_id)]
    turn = make.attendance(day, student=here.neighbour.student, state=AttendanceState.SERVED)
    here.scans = [make.scan(here.stations[0], of=turn, asset_tag=turn.asset_tag)]
    here.handed_over = [make.loan(state=LoanState.LENT, student=here.mother.student, kind=DeviceKind.TABLET)]
    photo = files.keep(b"a photo of " + here.school.name.encode(), kind="remise-photo", suffix="jpg")
    make.condition_report(here.handed_over[0], open_photo=photo)


def _letters(here: Lycee) -> None:
    """A batch that is ready, one that waits, a doubt, and the address that the mother wants to come in by."""
    here.batches = [
        _job(here, "letters:0123456789abcdef", JobState.DONE, files.keep(PDF + b" letters", kind="lettres")),
        _job(here, "letters:fedcba9876543210", JobState.RUNNING, None),
    ]
    here.blanks = [
        _job(here, "chartes-a-signer:0123456789abcdef", JobState.DONE, files.keep(PDF + b" blanks", kind="chartes"))
    ]
    here.doubts = [make.doubt(here.mother.guardian, here.neighbour.guardian)]
    here.claims = [make.claim(here.mother)]


@made
def _rights(here: Lycee) -> None:
    """What the mother asked about her data, and the copies that were made."""
    school, mother = {"school_id": here.school.id}, here.mother
    whose = {"account_id": mother.account_id, "student_id": mother.student.id}
    at = clock.now()
    here.requests = [add(RightsRequest(**school, **whose, kind=Right.RECTIFY, details="Mon nom.", asked_at=at))]
    ready = {"state": ExportState.READY, "asked_at": at, "ready_at": at, "expires_at": at + timedelta(days=7)}
    ready["file_key"] = files.keep(PDF + here.school.name.encode(), kind="copies", suffix="zip")
    here.copies = [add(DataExport(**school, **ready, student_id=mother.student.id))]
    here.own_copies = [add(DataExport(**school, **ready, account_id=mother.account_id))]


@made
def _job(here: Lycee, kind: str, state: JobState, key: str | None) -> Job:
    return add(
        Job(
            school_id=here.school.id,
            kind=kind,
            title="Bordereaux",
            asked_by=here.manager.account_id,
            asked_at=clock.now(),
            state=state,
            total=1,
            done=int(key is not None),
            file_key=key,
        )
    )


@made
def _import(here: Lycee, number: int, state: ImportState) -> RosterImport:
    """One import in each state, of one file."""
    done = clock.now() if state in {ImportState.APPLIED, ImportState.UNDONE} else None
    return add(
        RosterImport(
            school_id=here.school.id,
            number=number,
            state=state,
            asked_by=here.manager.account_id,
            asked_at=clock.now(),
            files=[{"name": "eleves.xml", "sha256": "0" * 64, "key": ""}],
            counts={"students": {}, "guardians": {}, "links": {}},
            sentence="Ce fichier est celui d’un autre lycée." if state is ImportState.FAILED else None,
            applied_at=done,
            undone_at=done if state is ImportState.UNDONE else None,
        )
    )


def _charters(here: Lycee) -> None:
    """The mother's, in each step that has a page; the neighbour's is none of hers."""
    shown = files.keep(PDF + b" shown", kind="charte")
    given = {"presented_key": shown, "presented_sha256": shown.split("/")[-1].removesuffix(".pdf")}
    blanks = {"blanks": dict.fromkeys(BLANKS, "…"), "box": "1 10 10 90 40"}
    steps = {
        LoanState.SUBMITTED: (SignatureState.INVITED, {**given, **blanks}),
        LoanState.WAITLISTED: (SignatureState.DISPLAYED, {**given, **blanks}),
        LoanState.LENT: (SignatureState.SEALED, {**given, **blanks, "sealed_key": files.keep(PDF, kind="scelle")}),
    }
    for state, (step, values) in steps.items():
        loan = here.loans[state]
        student = next(row for row in make.every(type(here.mother.student)) if row.id == loan.student_id)
        signs = make.family(student, guardian=here.mother.guardian)
        make.family(student, guardian=here.father.guardian)
        here.signatures.append(make.signature(loan, by=signs, state=step, **values))
    here.desks = [make.desk(here.signatures[0], agent_id=here.manager.account_id)]


BLANKS = (
    "eleve", "classe", "signataire", "qualite", "lycee", "chef", "titre_chef", "region", "campagne", "materiel", "prix",
    "fin", "aide", "dpo",
)  # fmt: skip
"""The values that a charter shows."""
