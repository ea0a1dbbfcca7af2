"""The purge: every day, what is older than its period goes, rule by rule, and a line says how much.

Each rule works by pieces of some thousand rows, each a transaction of its own: stopped in the middle, it goes on the
next time. The order matters: what refers to a row goes before it, people last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Final

from portal.extensions import db
from portal.kernel import clock
from portal.platform import files, scope
from portal.platform.forgetting import Forgetting, named_files
from portal.platform.work import unit_of_work, use_case
from portal.privacy.datamap import KEEP, data_map, period
from portal.privacy.models import PurgeRun
from portal.privacy.queries import old
from portal.privacy.queries.old import Keys, Rows

Find = Callable[[datetime], Rows]
Act = Callable[[Forgetting, Keys], None]


def forgetting() -> Forgetting:
    """An erasure that follows the data map: which references go with their owner, which columns name files."""
    tables = data_map().tables
    return Forgetting(follows=lambda name, column: tables[name].columns[column].follows, named=data_map().files())


def substitutes(table: str) -> Mapping[str, Any]:
    """What an erasure writes in rows of this table that stay, but for dates, which keep their year."""
    erased = {column.name: column.erase for column in data_map().tables[table].columns.values()}
    return {name: value for name, value in erased.items() if value is not KEEP and value != "year"}


def _removing(table: str) -> Act:
    return lambda erasure, keys: erasure.remove(table, keys)


def _emptying(table: str) -> Act:
    return lambda erasure, keys: erasure.empty(table, keys, substitutes(table))


def _parcels(erasure: Forgetting, keys: Keys) -> None:
    """The address, the photo of the box, where the parcel went, and its carrier's label."""
    for table in ("tracking_event", "journey", "label_attempt"):
        erasure.remove_where(table, "parcel_id", keys)
    erasure.empty("parcel", keys, substitutes("parcel"))


def _outbox(erasure: Forgetting, keys: Keys) -> None:
    erasure.remove_where("delivery", "key", keys)
    erasure.remove("outbox", keys)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which rows are too old, what becomes of them, and how it is said."""

    name: str
    words: str
    period: str
    find: Find
    act: Act


RULES: Final = (
    Rule("sessions", "Sessions finies", "session", old.sessions, _removing("web_session")),
    Rule("links", "Liens et codes d’entrée", "link", old.links, _removing("sign_in_link")),
    Rule("exports", "Copies de données", "export", old.exports, _removing("data_export")),
    Rule("imports", "Fichiers d’élèves chargés", "imports", old.imports, _removing("roster_import")),
    Rule("doubts", "Doutes réglés sur deux fiches", "doubt", old.doubts, _removing("identity_doubt")),
    Rule("messages", "Messages envoyés", "message", old.messages, _removing("message")),
    Rule("papers", "Bordereaux et étiquettes imprimés", "papers", old.papers, _removing("job")),
    Rule("parcels", "Adresses des colis arrivés", "parcel_address", old.parcels, _parcels),
    Rule(
        "distributions", "Séances de distribution", "business_log", old.distributions, _removing("distribution_session")
    ),
    Rule("drafts", "Demandes commencées et laissées", "draft", old.drafts, _removing("loan")),
    Rule("refused", "Demandes refusées ou retirées", "refused", old.refused, _removing("loan")),
    Rule("ended", "Contacts et adresses des prêts finis", "loan", old.ended, _emptying("loan")),
    Rule(
        "conditions", "États du matériel remis et leurs photos", "loan", old.conditions, _removing("condition_report")
    ),
    Rule("recalls", "Prêts d’urgence rendus", "loan", old.recalls, _removing("recall")),
    Rule("archived", "Prêts dont l’archive est finie, charte comprise", "archive", old.archived, _removing("loan")),
    Rule("students", "Élèves qui n’ont rien demandé", "roster", old.students, _removing("student")),
    Rule("guardians", "Responsables légaux sans enfant au lycée", "roster", old.guardians, _removing("guardian")),
    Rule("helpers", "Aides au scan d’un jour", "helper", old.helpers, _removing("account")),
    Rule("accounts", "Comptes sans enfant ni rôle", "account", old.accounts, _removing("account")),
    Rule("rights", "Demandes sur les données", "rights", old.rights, _removing("rights_request")),
    Rule("access_log", "Journal des consultations", "access_log", old.access_log, _removing("file_view")),
    Rule("security_log", "Journal des connexions", "security_log", old.security_log, _removing("audit_line")),
    Rule("business_log", "Journal des actes", "business_log", old.business_log, _removing("audit_line")),
    Rule("outbox", "Envois terminés", "outbox", old.outbox, _outbox),
    Rule("proofs", "Preuves d’effacement", "proof", old.proofs, _removing("purge_run")),
)

FILES: Final = "files"
"""The last rule: files of the store that no row names."""


def purge(*, dry_run: bool = False, by: str = "command") -> dict[str, int]:
    """Apply every rule; returns how many rows (or files) each concerns. A dry run counts, and writes nothing."""
    started, now = perf_counter(), clock.now()
    with scope.every_school(reason="purge"):
        counts = {rule.name: (old.how_many(rule.find(now)) if dry_run else _apply(rule, now)) for rule in RULES}
        counts[FILES] = _stray_files(now, dry_run=dry_run)
        if not dry_run:
            _prove(counts, by=by, milliseconds=round((perf_counter() - started) * 1000))
    return counts


def _apply(rule: Rule, now: datetime) -> int:
    total, before = 0, None
    while (keys := old.piece(rule.find(now))) and keys != before:
        erasure = forgetting()
        with unit_of_work():
            rule.act(erasure, keys)
        erasure.forget_files()
        total, before = total + len(keys), keys
    return total


def _stray_files(now: datetime, *, dry_run: bool) -> int:
    """A day old at least: a file is stored a moment before the row that names it. Unknown kinds are left alone."""
    kinds = tuple(f"{kind}/" for kind in data_map().file_kinds)
    old_ones = {key for key in files.kept_before(now - period("stray_file")) if key.startswith(kinds)}
    stray = old_ones - named_files(data_map().files(), old_ones)
    for key in () if dry_run else stray:
        files.forget(key)
    return len(stray)


@use_case
def _prove(counts: dict[str, int], *, by: str, milliseconds: int) -> None:
    db.session.add(PurgeRun(at=clock.now(), by=by, counts=counts, milliseconds=milliseconds))
