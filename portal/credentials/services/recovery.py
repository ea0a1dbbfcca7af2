"""Ten codes on paper: drawn together, shown once, each worth one entry."""

from sqlalchemy import delete, func, select, update

from portal.credentials import rules
from portal.credentials.events import RecoveryCodesDrawn, RecoveryCodeUsed
from portal.credentials.models import RecoveryCode
from portal.extensions import db
from portal.kernel import clock
from portal.platform.keyed import digest
from portal.platform.work import emit, use_case


@use_case
def draw_codes(*, account_id: int) -> list[str]:
    """Ten new codes, given once; those of before are worth nothing."""
    codes = [rules.new_recovery_code() for _ in range(rules.CODES)]
    gone = db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    hashes = [_hashed(account_id, rules.read_recovery_code(code)) for code in codes]
    db.session.add_all([RecoveryCode(account_id=account_id, code_hash=code_hash) for code_hash in hashes])
    emit(RecoveryCodesDrawn(school_id=None, account_id=account_id, again=bool(getattr(gone, "rowcount", 0))))
    return codes


@use_case
def use_code(*, account_id: int, code: str) -> bool:
    """Whether this is a code of the list that never served; now it has. Of two workers, one changes the row."""
    unused = (RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    code_hash = _hashed(account_id, rules.read_recovery_code(code))
    taken = db.session.execute(
        update(RecoveryCode).where(*unused, RecoveryCode.code_hash == code_hash).values(used_at=clock.now())
    )
    if not getattr(taken, "rowcount", 0):
        return False
    left = db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0
    emit(RecoveryCodeUsed(school_id=None, account_id=account_id, left=left))
    return True


def _hashed(account_id: int, symbols: str) -> str:
    return digest("credentials.recovery", f"{account_id}:{symbols}")
