"""Students and guardians, as the school's own file gives them."""

from datetime import date

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from portal.extensions import Model
from portal.platform.columns import Addressed, PublicId
from portal.platform.scope import FamilyScoped, OwnAccount


class Student(FamilyScoped, Model):
    """A student of one school. `source_id` is the school file's key (ELEVE_ID), stable within the school."""

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id = synonym("id")
    public_id: Mapped[PublicId]
    source_id: Mapped[str] = mapped_column(String(40))
    family_name: Mapped[str] = mapped_column(String(80))
    given_name: Mapped[str] = mapped_column(String(80))
    birth_date: Mapped[date]
    class_name: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    emancipated: Mapped[bool] = mapped_column(Boolean, default=False)
    left_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    __table_args__ = (
        Index("uq_student_school_source", "school_id", "source_id", unique=True),
        Index("ix_student_school_class", "school_id", "class_name", "family_name"),
    )

    @property
    def name(self) -> str:
        """As one says it: « Inès Lefèvre »."""
        return f"{self.given_name} {self.family_name}"


class Guardian(OwnAccount, Addressed, Model):
    """A guardian, with the contacts the school knows: the only ones to which a signing code is sent."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    source_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    __table_args__ = (Index("uq_guardian_school_source", "school_id", "source_id", unique=True),)


class Guardianship(FamilyScoped, Model):
    """The link between a guardian and a student, and whether it gives the right to sign."""

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    kinship: Mapped[str] = mapped_column(String(40))
    may_sign: Mapped[bool] = mapped_column(Boolean, default=False)
    opposed_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    student: Mapped[Student] = relationship(lazy="raise")
    guardian: Mapped[Guardian] = relationship(lazy="raise")

    __table_args__ = (Index("uq_guardianship_pair", "student_id", "guardian_id", unique=True),)
