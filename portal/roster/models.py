"""Students and guardians, as the school's own file gives them, and the imports that bring them."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from portal.extensions import Model
from portal.platform.columns import Addressed, Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, OwnAccount, StaffScoped
from portal.roster.reading.records import Source
from portal.roster.states import IMPORT, ImportState, Kind, Verdict


class Sourced:
    """What an import needs to know of a person: whose key it is, what it may not overwrite, since when it is missing.

    `protected` names the fields that the school corrected or the person confirmed; an import leaves them alone.
    """

    source_id: Mapped[str] = mapped_column(String(40))
    source: Mapped[Source] = mapped_column(state_column(Source), default=Source.SIECLE, server_default="siecle")
    protected: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    absent_since: Mapped[date | None]
    absent_import: Mapped[int | None]

    def protect(self, *fields: str) -> None:
        """From now on, no import overwrites these."""
        self.protected = sorted({*(self.protected or ()), *fields})


class Student(FamilyScoped, Sourced, Model):
    """A student of one school. `source_id` is the school file's key (ELEVE_ID), stable within the school and the source."""

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id = synonym("id")
    public_id: Mapped[PublicId]
    family_name: Mapped[str] = mapped_column(String(80))
    given_name: Mapped[str] = mapped_column(String(80))
    usage_name: Mapped[str | None] = mapped_column(String(80))
    birth_date: Mapped[date]
    ine: Mapped[str | None] = mapped_column(String(20))
    class_name: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    emancipated: Mapped[bool] = mapped_column(Boolean, default=False)
    left_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    __table_args__ = (
        CheckConstraint("(absent_since IS NULL) = (absent_import IS NULL)", name="absent_by_an_import"),
        Index("uq_student_school_source", "school_id", "source", "source_id", unique=True),
        Index("ix_student_school_class", "school_id", "class_name", "family_name"),
    )

    @property
    def name(self) -> str:
        """As one says it: « Inès Lefèvre »."""
        return f"{self.given_name} {self.usage_name or self.family_name}"


class Guardian(OwnAccount, Addressed, Sourced, Model):
    """A guardian, with the contacts the school knows: the only ones to which a signing code is sent."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    abroad: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    __table_args__ = (
        CheckConstraint("(absent_since IS NULL) = (absent_import IS NULL)", name="absent_by_an_import"),
        Index("uq_guardian_school_source", "school_id", "source", "source_id", unique=True),
    )


class Guardianship(FamilyScoped, Model):
    """The link between a guardian and a student, and whether it gives the right to sign.

    `may_sign` is None when the file cannot say: nobody signs until the school has settled it (`settled_on`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    kinship: Mapped[str] = mapped_column(String(40))
    may_sign: Mapped[bool | None]
    settled_on: Mapped[date | None]
    opposed_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    student: Mapped[Student] = relationship(lazy="raise")
    guardian: Mapped[Guardian] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("settled_on IS NULL OR may_sign IS NOT NULL", name="settled_is_known"),
        Index("uq_guardianship_pair", "student_id", "guardian_id", unique=True),
    )


class RosterImport(StaffScoped, Model):
    """One upload: who, which files, what the comparison counted, and what became of it. `number` counts in the school.

    `basis` is how many imports had been applied or undone when this one was compared: one more, and it is out of date.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[int]
    state: Mapped[ImportState] = mapped_column(state_column(ImportState), default=IMPORT.initial)
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    files: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    columns: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    source: Mapped[Source | None] = mapped_column(state_column(Source))
    uai: Mapped[str | None] = mapped_column(String(8))
    year: Mapped[int | None]
    exported_on: Mapped[date | None]
    lines_read: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, dict[str, int]] | None] = mapped_column(JSON(none_as_null=True))
    known: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str | None] = mapped_column(String(500))
    basis: Mapped[int | None]
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_by: Mapped[int | None]
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_when"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_when"),
        CheckConstraint("state <> 'failed' OR sentence IS NOT NULL", name="failed_says_why"),
        CheckConstraint("state <> 'staged' OR counts IS NOT NULL", name="staged_is_counted"),
        Index("uq_roster_import_school_number", "school_id", "number", unique=True),
    )

    def can(self, transition: str) -> bool:
        """Whether the move may start now."""
        return IMPORT.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = IMPORT.after(transition, self.state)


class RosterLine(StaffScoped, Model):
    """What an import says of one student, guardian or link, and the verdict; or one sentence of its report.

    `given` are the record's values, `changes` field → [before, after], `kept` the same for protected fields. Once applied,
    the changes are the history that an undo reads backwards.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(state_column(Kind))
    verdict: Mapped[Verdict] = mapped_column(state_column(Verdict))
    record_key: Mapped[str] = mapped_column(String(90))
    label: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(200), default="")
    target_id: Mapped[int | None]
    match_id: Mapped[int | None]
    accepted: Mapped[bool | None]
    given: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    changes: Mapped[dict[str, list[object]] | None] = mapped_column(JSON(none_as_null=True))
    kept: Mapped[dict[str, list[object]] | None] = mapped_column(JSON(none_as_null=True))
    file: Mapped[str] = mapped_column(String(120))
    line: Mapped[int]

    __table_args__ = (
        CheckConstraint("(verdict = 'match') = (match_id IS NOT NULL)", name="match_names_somebody"),
        CheckConstraint("(kind = 'finding') = (verdict IN ('error', 'warning'))", name="findings_are_said"),
        Index("ix_roster_line_import_list", "import_id", "kind", "verdict", "id"),
    )


class ColumnMapping(StaffScoped, Model):
    """Which column is which, as a school once said for a header it uploads again."""

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    confirmed_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("uq_column_mapping_school_header", "school_id", "fingerprint", unique=True),)


class LevelLabel(StaffScoped, Model):
    """What a school calls a MEF (SIECLE's code of a course): as its nomenclature says, or as a person said once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(40))
    named_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("uq_level_label_school_code", "school_id", "code", unique=True),)
