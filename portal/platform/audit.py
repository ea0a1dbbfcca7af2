"""The audit trail: who did what, when, on which object. Written by `work.py` only, never by hand."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant


class AuditLine(Model):
    """One event, signed. `subject` is "loan:12"; ids and values only, never a name."""

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[int | None]
    role: Mapped[str | None] = mapped_column(String(16))
    school_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)

    __table_args__ = (Index("ix_audit_line_subject_at", "subject", "at"),)
