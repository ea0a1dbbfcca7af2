"""What is older than its period goes, what is one moment younger stays; a dry run writes nothing; a proof is kept."""

import json
from datetime import date, timedelta

import pytest

from portal.charter.states import SignatureState
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import files, scope
from portal.privacy.datamap import period
from portal.privacy.models import PurgeRun
from portal.privacy.services.purging import RULES, purge
from portal.roster.models import Student
from portal.shipping.models import Journey, LabelAttempt, Parcel, TrackingEvent
from portal.shipping.states import ParcelState
from tests import factories as make
from tests.privacy.old_rows import is_there, make_old

MOMENT = timedelta(seconds=1)
BY_NAME = {rule.name: rule for rule in RULES}
EMPTIED = {"parcels", "ended"}
"""Rules that leave the row and empty what it tells of a person."""

AGES = {"students": (timedelta(days=0), timedelta(days=1)), "guardians": (timedelta(0), MOMENT)}
"""Rules by the day, or by a link: just inside, and just outside."""


def ages(name):
    length = period(BY_NAME[name].period)
    return AGES.get(name, (length - MOMENT, length + MOMENT))


def told(name, row):
    """What the rule should take away."""
    again = make.fresh(row)
    return again.recipient if name == "parcels" else again.contact_email


def test_every_rule_is_tried_here():
    assert set(make_old) == set(BY_NAME)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_just_inside_stays_and_just_outside_goes(db, name):
    make.campaign()
    inside, outside = (make_old[name](age) for age in ages(name))
    counts = purge()
    assert counts[name] == 1, counts
    if name in EMPTIED:
        assert told(name, inside)
        assert told(name, outside) is None
    else:
        assert is_there(inside)
        assert not is_there(outside)


def test_a_dry_run_counts_the_same_and_writes_nothing(db):
    make.campaign()
    rows = {name: make_old[name](ages(name)[1]) for name in BY_NAME}
    expected = purge(dry_run=True)
    assert all(expected[name] >= 1 for name in BY_NAME), expected
    assert all(is_there(row) for row in rows.values())
    assert told("ended", rows["ended"])
    assert [run.milliseconds for run in make.every(PurgeRun)] == [123456]  # the old proof, and no new one


def test_the_second_purge_finds_nothing_and_says_so(db):
    make.campaign()
    for name in BY_NAME:
        make_old[name](ages(name)[1])
    purge()
    assert {name: number for name, number in purge().items() if number} == {}
    last = make.every(PurgeRun)[-1]
    assert (last.by, sum(last.counts.values())) == ("command", 0)


def test_students_without_a_request_go_when_the_campaign_is_over_and_those_with_one_stay(db, clock):
    make.campaign(ends_on=date(2027, 7, 6))
    alone, asked = make.student(), make.student()
    loan = make.loan(student=asked, state=LoanState.LENT)
    clock.forward(days=300)  # 5 July 2027
    purge()
    assert is_there(alone)
    clock.forward(days=2)
    purge()
    assert not is_there(alone)
    assert is_there(asked)
    assert is_there(loan)


def test_a_student_of_a_region_without_a_campaign_yet_stays(db):
    alone = make.student()
    purge()
    assert is_there(alone)


def test_a_family_goes_whole_once_nothing_holds_it(db, clock):
    make.campaign()
    family = make.family()
    make.change(family.student, left_on=date(2026, 9, 1))
    purge()
    assert not is_there(family.student)
    assert not is_there(family.guardianship)
    assert not is_there(family.guardian)
    assert is_there(family.account)
    clock.forward(days=183)
    purge()
    assert not is_there(family.account)


def test_a_parent_with_another_child_stays(db):
    make.campaign()
    family = make.family()
    other = make.family(guardian=family.guardian)
    make.change(family.student, left_on=date(2026, 9, 1))
    purge()
    assert is_there(family.guardian)
    assert is_there(other.guardianship)
    assert not is_there(family.guardianship)


def test_a_loan_whose_archive_is_over_takes_its_charter_and_its_file_along(db, app):
    make.campaign()
    key = files.keep(b"%PDF-1.7 sealed", kind="scelle")
    shown = files.keep(b"%PDF-1.7 shown", kind="charte")
    old = make.parcel(state=ParcelState.DELIVERED)
    loan = next(one for one in make.every(Loan) if one.id == old.loan_id)
    given = {"presented_key": shown, "presented_sha256": "x", "sealed_key": key}
    signed = make.signature(loan, state=SignatureState.SEALED, **given)
    held = make.device_of(loan)
    make.change(held, loan_id=None, student_id=None, state="in_stock")
    make.change(loan, state=LoanState.CLOSED, ended_at=make_age(period("archive") + MOMENT))
    purge()
    assert not is_there(loan)
    assert not is_there(signed)
    assert make.every(Parcel) == []
    for gone in (key, shown):
        with pytest.raises(FileNotFoundError):
            files.read(gone)


def test_three_months_after_delivery_a_parcel_loses_its_journey_its_label_and_its_photo(db, app):
    make.campaign()
    kept = {
        kind: files.keep(kind.encode(), kind=kind, suffix="bin") for kind in ("colis-photo", "etiquettes-colissimo")
    }
    late, early = (make_age(period("parcel_address") + side) for side in (MOMENT, -MOMENT))
    old = make.parcel(state=ParcelState.DELIVERED, delivered_at=late, photo_key=kept["colis-photo"])
    young = make.parcel(state=ParcelState.DELIVERED, delivered_at=early, photo_key="colis-photo/00/00.jpg")
    for parcel in (old, young):
        make.journey(parcel, "DI1")
    bought = {"state": "succeeded", "number": old.tracking_number, "file_key": kept["etiquettes-colissimo"]}
    make.attempt(old, **bought)
    purge()
    left = [row.parcel_id for kind in (Journey, TrackingEvent) for row in make.every(kind)]
    assert (left, make.every(LabelAttempt)) == ([young.id, young.id], [])
    assert (make.fresh(old).photo_key, make.fresh(old).recipient) == (None, None)
    assert make.fresh(young).photo_key
    for key in kept.values():
        with pytest.raises(FileNotFoundError):
            files.read(key)


def make_age(age):
    from portal.kernel import clock

    return clock.now() - age


def test_a_file_that_two_rows_name_stays_as_long_as_one_of_them(db):
    make.campaign()
    key = files.keep(b"%PDF-1.7 the same sheet", kind="bordereaux")
    young, old = make_old["papers"](timedelta(days=1)), make_old["papers"](period("papers") + MOMENT)
    for job in (young, old):
        make.change(job, state="done", done=1, file_key=key)
    purge()
    assert not is_there(old)
    assert files.read(key)


def test_a_file_that_no_row_names_goes_after_a_day(db, clock):
    import obstore

    key = files.keep(b"%PDF-1.7 nobody's", kind="bordereaux")
    clock.set(obstore.head(files._here(), key)["last_modified"] + timedelta(hours=23))
    assert purge()["files"] == 0
    clock.forward(hours=2)
    assert purge(dry_run=True)["files"] == 1
    assert files.read(key)
    assert purge()["files"] == 1
    with pytest.raises(FileNotFoundError):
        files.read(key)


def test_a_file_of_a_kind_that_the_map_does_not_know_is_never_removed(db, clock):
    import obstore

    key = files.keep(b"what a later feature keeps", kind="plus-tard")
    clock.set(obstore.head(files._here(), key)["last_modified"] + timedelta(days=300))
    assert purge()["files"] == 0
    assert files.read(key)


def test_what_waits_is_not_old_however_long_ago_it_began(db):
    """A loan that is lent, a request that nobody answered: no period has begun."""
    make.campaign()
    lent = make.loan(state=LoanState.LENT, started_at=make_age(timedelta(days=4000)))
    purge()
    assert is_there(lent)
    assert make.fresh(lent).contact_email


def test_more_rows_than_a_piece_go_in_several_transactions(db, monkeypatch):
    make.campaign()
    for _ in range(7):
        make_old["access_log"](period("access_log") + MOMENT)
    from portal.privacy.queries import old

    monkeypatch.setattr(old, "AT_ONCE", 3)
    assert purge()["access_log"] == 7


def test_the_command_prints_the_counts_as_json(app):
    make.campaign()
    make_old["links"](period("link") + MOMENT)
    done = app.test_cli_runner().invoke(args=["purge", "--dry-run"])
    assert json.loads(done.output)["links"] == 1
    assert make.every(PurgeRun) == []
    done = app.test_cli_runner().invoke(args=["purge"])
    assert json.loads(done.output)["links"] == 1
    assert len(make.every(PurgeRun)) == 1


def test_the_health_page_says_when_it_last_ran(app, client, clock):
    assert client.get("/sante").json["purge"] == {"last": None, "removed": 0, "late": False}
    purge()
    assert client.get("/sante").json["purge"]["last"].startswith("2026-09-08T08:00:00")
    clock.forward(days=3)
    assert client.get("/sante").json["purge"]["late"] is True


def test_every_reference_to_a_person_can_be_let_go(db):
    """Whatever tables a later feature adds: a whole family and its loans go without a refusal of the database."""
    make.campaign()
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.CLOSED, requested_by=family.account_id)
    make.signature(loan, by=family)
    from portal.platform.work import unit_of_work
    from portal.privacy.services.purging import forgetting

    with scope.every_school(reason="test"), unit_of_work():
        erasure = forgetting()
        erasure.remove("student", [family.student.id])
        erasure.remove("guardian", [family.guardian.id])
        erasure.remove("account", [family.account_id])
    assert make.every(Student) == []
    assert erasure.counts["charter_signature"] == 1
