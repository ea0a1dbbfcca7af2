"""Reads of the ways to sign with somebody of the school: the tablet at the desk, and the paper."""

from sqlalchemy import select

from portal.charter.models import CharterDesk, CharterPaper, CharterSignature
from portal.charter.queries import SignatoryFile, files
from portal.charter.states import LIVE_DESK, DeskState
from portal.extensions import db
from portal.platform.database import held


def staff_file(public_id: str) -> SignatoryFile:
    """The file of a signature of the school, by what the URL shows; raises `NoResultFound`."""
    return SignatoryFile(*db.session.execute(files().where(CharterSignature.public_id == public_id)).one())


def desk(public_id: str) -> CharterDesk:
    """A session at the desk of the school; raises `NoResultFound`."""
    return db.session.execute(select(CharterDesk).where(CharterDesk.public_id == public_id)).scalar_one()


def desk_with_file(public_id: str) -> tuple[CharterDesk, SignatoryFile]:
    """A session at the desk with the charter that it shows; raises `NoResultFound`."""
    statement = files().join(CharterDesk, CharterDesk.signature_id == CharterSignature.id).add_columns(CharterDesk)
    *file, found = db.session.execute(statement.where(CharterDesk.public_id == public_id)).one()
    return found, SignatoryFile(*file)


def lock_desk(public_id: str) -> CharterDesk:
    """The same, held until the use-case ends."""
    statement = held(select(CharterDesk).where(CharterDesk.public_id == public_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def desk_of_code(code_hash: str) -> CharterDesk | None:
    """The session that waits for this code, held; asked while every school is seen."""
    statement = held(
        select(CharterDesk).where(CharterDesk.code_hash == code_hash, CharterDesk.state == DeskState.WAITING)
    )
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()


def desk_of_token(token_hash: str) -> CharterDesk | None:
    """The session of a tablet; asked while every school is seen."""
    return db.session.execute(select(CharterDesk).where(CharterDesk.token_hash == token_hash)).scalar_one_or_none()


def live_desks(signature_id: int) -> list[CharterDesk]:
    """Sessions of a signature that have not ended, held."""
    statement = select(CharterDesk).where(CharterDesk.signature_id == signature_id, CharterDesk.state.in_(LIVE_DESK))
    return list(db.session.scalars(held(statement), execution_options={"populate_existing": True}))


def signed_desk(signature_id: int) -> CharterDesk:
    """The session in which somebody signed; raises `NoResultFound`."""
    statement = select(CharterDesk).where(CharterDesk.signature_id == signature_id)
    return db.session.execute(statement.where(CharterDesk.state == DeskState.SIGNED)).scalar_one()


def live_paper(signature_id: int) -> CharterPaper | None:
    """The paper that stands for a signature, held."""
    statement = select(CharterPaper).where(CharterPaper.signature_id == signature_id, CharterPaper.revoked_at.is_(None))
    return db.session.execute(held(statement), execution_options={"populate_existing": True}).scalar_one_or_none()
