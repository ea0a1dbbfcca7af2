"""Reads of the charter's texts: published versions, the draft, translations, and the families that a change concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.charter.models import CharterDraft, CharterSignature, CharterTranslation, CharterVersion
from portal.charter.queries import Deployment
from portal.charter.states import Resign
from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.states import ENDED, OUT, CharterGate, LoanState
from portal.platform.database import held
from portal.schools.models import Campaign, Region
from portal.schools.reminders import of_region


def version(version_id: int) -> CharterVersion:
    """A published text; raises `NoResultFound`."""
    return db.session.execute(select(CharterVersion).where(CharterVersion.id == version_id)).scalar_one()


def hold_version(version_id: int) -> CharterVersion:
    """The same, nobody else translating it meanwhile."""
    return db.session.execute(held(select(CharterVersion).where(CharterVersion.id == version_id))).scalar_one()


def draft_of(campaign_id: int) -> CharterDraft | None:
    """The draft of a campaign, if one is open."""
    return db.session.scalars(select(CharterDraft).where(CharterDraft.campaign_id == campaign_id)).one_or_none()


def hold_draft(campaign_id: int) -> CharterDraft:
    """The draft of a campaign as it is in the database now, held until the use-case ends; raises `NoResultFound`."""
    statement = held(select(CharterDraft).where(CharterDraft.campaign_id == campaign_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


@dataclass(frozen=True, slots=True)
class Desk:
    """A campaign on the region's desk: its region, its draft, its last published text, and who saved the draft last."""

    campaign: Campaign
    region: Region
    draft: CharterDraft | None
    version: CharterVersion | None
    saved_by: str | None
    last_text: CharterVersion | None
    """What its next text most likely begins with: its own last one, or that of the campaign before it."""

    @property
    def reminder_days(self) -> tuple[int, ...]:
        """When its families are reminded, where their lycée says nothing."""
        return of_region(self.region.profile)

    @property
    def deployment(self) -> Deployment:
        """Who lends, and when."""
        return Deployment(self.campaign, self.region)


def desks() -> list[Desk]:
    """Every campaign, the most recent first, in one statement."""
    last = (
        select(CharterVersion.campaign_id, func.max(CharterVersion.number).label("number"))
        .group_by(CharterVersion.campaign_id)
        .subquery()
    )
    statement = (
        select(Campaign, Region, CharterDraft, CharterVersion, Account.name)
        .join(Region, Region.id == Campaign.region_id)
        .outerjoin(CharterDraft, CharterDraft.campaign_id == Campaign.id)
        .outerjoin(last, last.c.campaign_id == Campaign.id)
        .outerjoin(
            CharterVersion,
            and_(CharterVersion.campaign_id == Campaign.id, CharterVersion.number == last.c.number),
        )
        .outerjoin(Account, Account.id == CharterDraft.changed_by)
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
    )
    found, last_text = list[Desk](), None
    for row in reversed(db.session.execute(statement).all()):
        last_text = row.CharterVersion or last_text
        found.append(Desk(*row, last_text))
    return found[::-1]


def desk(campaign: str) -> Desk:
    """One of them, by the name of its campaign; raises `NoResultFound`."""
    found = next((one for one in desks() if one.campaign.name == campaign), None)
    if found is None:
        raise NoResultFound(campaign)
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A published text in the list: how many have signed it, how many of these wait long for their time stamp, translations."""

    version: CharterVersion
    campaign: str
    signed: int
    late: int
    languages: tuple[str, ...]


def versions(*, sealed_before: datetime) -> list[Listed]:
    """Every published text, the latest first: two statements.

    :param sealed_before: a charter sealed before that instant and not stamped yet is late.
    """
    unstamped = and_(CharterSignature.stamp_due_at.is_not(None), CharterSignature.sealed_at < sealed_before)
    signed = (
        select(
            CharterSignature.version_id,
            func.count().label("signed"),
            func.sum(case((unstamped, 1), else_=0)).label("late"),
        )
        .where(CharterSignature.signed_at.is_not(None))
        .group_by(CharterSignature.version_id)
        .subquery()
    )
    statement = (
        select(CharterVersion, Campaign.name, func.coalesce(signed.c.signed, 0), func.coalesce(signed.c.late, 0))
        .join(Campaign, Campaign.id == CharterVersion.campaign_id)
        .outerjoin(signed, signed.c.version_id == CharterVersion.id)
        .order_by(Campaign.starts_on.desc(), CharterVersion.number.desc())
    )
    rows = db.session.execute(statement).all()
    known: dict[int, set[str]] = {}
    for version_id, language in db.session.execute(
        select(CharterTranslation.version_id, CharterTranslation.language).distinct()
    ):
        known.setdefault(version_id, set()).add(language)
    return [Listed(one, name, count, late, tuple(sorted(known.get(one.id, ())))) for one, name, count, late in rows]


@dataclass(frozen=True, slots=True)
class Published:
    """One published text, with the one before it in the campaign, if there is one."""

    version: CharterVersion
    campaign: Campaign
    before: CharterVersion | None


def published(campaign: str, number: int) -> Published:
    """A text of a campaign and the one that it replaced, in one statement; raises `NoResultFound`."""
    before = aliased(CharterVersion)
    statement = (
        select(CharterVersion, Campaign, before)
        .join(Campaign, Campaign.id == CharterVersion.campaign_id)
        .outerjoin(
            before,
            and_(before.campaign_id == CharterVersion.campaign_id, before.number == CharterVersion.number - 1),
        )
        .where(Campaign.name == campaign, CharterVersion.number == number)
    )
    return Published(*db.session.execute(statement).one())


def translation(version_id: int, language: str) -> CharterTranslation | None:
    """The last revision of a translation."""
    statement = (
        select(CharterTranslation)
        .where(CharterTranslation.version_id == version_id, CharterTranslation.language == language)
        .order_by(CharterTranslation.revision.desc())
        .limit(1)
    )
    return db.session.scalars(statement).one_or_none()


def translations(version_id: int) -> dict[str, CharterTranslation]:
    """The last revision of each language."""
    statement = (
        select(CharterTranslation)
        .where(CharterTranslation.version_id == version_id)
        .order_by(CharterTranslation.revision)
    )
    return {row.language: row for row in db.session.scalars(statement)}


def earlier_translation(campaign: Campaign, language: str) -> CharterTranslation | None:
    """The last translation of any text of a campaign, or of those before it: what a new one begins with."""
    statement = (
        select(CharterTranslation)
        .join(CharterVersion, CharterVersion.id == CharterTranslation.version_id)
        .join(Campaign, Campaign.id == CharterVersion.campaign_id)
        .where(Campaign.region_id == campaign.region_id, Campaign.starts_on <= campaign.starts_on)
        .where(CharterTranslation.language == language)
        .order_by(Campaign.starts_on.desc(), CharterVersion.number.desc(), CharterTranslation.revision.desc())
        .limit(1)
    )
    return db.session.scalars(statement).one_or_none()


_STAYS = (*ENDED, LoanState.DRAFT)


def _waiting() -> ColumnElement[bool]:
    """Asked, not signed, and nobody objects: they read the new text instead of the old one."""
    return and_(Loan.charter == CharterGate.TO_SIGN, Loan.state.not_in(_STAYS))


def _not_lent() -> ColumnElement[bool]:
    return and_(Loan.charter == CharterGate.SIGNED, Loan.state.not_in((*_STAYS, *OUT)))


def _lent() -> ColumnElement[bool]:
    return and_(Loan.charter == CharterGate.SIGNED, Loan.state.in_([one for one in OUT if one not in ENDED]))


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many families a new text concerns: still to sign, signed but without a laptop yet, signed with one."""

    waiting: int
    not_lent: int
    lent: int

    def again(self, resign: Resign) -> int:
        """How many of those who signed would sign again."""
        return {Resign.NOBODY: 0, Resign.NOT_LENT: self.not_lent, Resign.EVERYONE: self.not_lent + self.lent}[resign]


def count_concerned(campaign_id: int) -> Concerned:
    """The families of a campaign by where they stand; a family with two loans counts once in each."""
    kinds = {"waiting": _waiting(), "not_lent": _not_lent(), "lent": _lent()}
    counts = [func.count(case((one, Loan.student_id)).distinct()) for one in kinds.values()]
    row: Any = db.session.execute(select(*counts).where(Loan.campaign_id == campaign_id)).one()
    return Concerned(*row)


def concerned(campaign_id: int, *, resign: Resign, after: int, limit: int) -> Sequence[int]:
    """The loans whose charter is asked again, by number, those behind `after` first."""
    kinds = {
        Resign.NOBODY: (_waiting(),),
        Resign.NOT_LENT: (_waiting(), _not_lent()),
        Resign.EVERYONE: (_waiting(), _not_lent(), _lent()),
    }[resign]
    statement = (
        select(Loan.id)
        .where(Loan.campaign_id == campaign_id, Loan.id > after, or_(*kinds))
        .order_by(Loan.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()
