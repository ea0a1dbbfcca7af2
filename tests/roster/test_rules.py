"""What is true of a student or a guardian on a day, and why: plain values in, a sentence out."""

from datetime import date, timedelta

import pytest

from portal.kernel.values.address import PostalAddress
from portal.roster import rules
from portal.roster.rules import GuardianFacts, Limits, StudentFacts

TODAY = date(2026, 9, 8)
HOME = PostalAddress(recipient="A B", street="8 rue des Tilleuls", postcode="57000", city="Metz")


def student(**values):
    usual = {"name": "Yanis", "birth_date": date(2011, 6, 21), "emancipated": False, "email": None, "mobile": None}
    return StudentFacts(**{**usual, "account_id": None, **values})


def guardian(**values):
    usual = {
        "guardian_id": 1,
        "name": "Nadia",
        "kinship": "mère",
        "may_sign": True,
        "opposed_on": None,
        "ends_on": None,
    }
    return GuardianFacts(**{**usual, "email": None, "mobile": None, "account_id": None, **values})


@pytest.mark.parametrize(
    ("link", "word", "holds"),
    [
        ({}, "Peut signer", True),
        ({"may_sign": None}, "À confirmer", False),
        ({"may_sign": False}, "Ne signe pas", False),
        ({"ends_on": TODAY}, "Lien terminé", False),
        ({"ends_on": TODAY + timedelta(1)}, "Peut signer", True),
        ({"may_sign": None, "ends_on": TODAY}, "Lien terminé", False),
    ],
)
def test_a_guardian_signs_or_not_for_a_reason_and_the_rule_agrees(link, word, holds):
    facts = guardian(**link)
    found = rules.right_to_sign(facts, student(), on=TODAY)
    assert (found.word, found.holds) == (word, holds)
    assert bool(rules.signatories(student(), [facts], on=TODAY)) is holds


def test_from_eighteen_on_the_parents_no_longer_sign():
    adult = student(birth_date=date(2008, 9, 8))
    assert rules.right_to_sign(guardian(), adult, on=TODAY).word == "Ne signe plus"
    assert rules.who_signs(adult, [guardian()], on=TODAY).word == "Signe seul"
    assert rules.who_signs(adult, [guardian()], on=TODAY - timedelta(1)).word == "Signataire connu"


def test_an_emancipated_minor_signs_alone():
    free = student(emancipated=True)
    assert "émancipé" in rules.who_signs(free, [guardian()], on=TODAY).reason
    assert rules.majority(free.birth_date, emancipated=True, on=TODAY).word == "Émancipé"


@pytest.mark.parametrize(
    ("guardians", "word"),
    [([], "Personne ne signe"), ([guardian(may_sign=False)], "Personne ne signe"), ([guardian(may_sign=None)], "Droit à confirmer"),
     ([guardian(may_sign=None, ends_on=TODAY)], "Personne ne signe"), ([guardian(may_sign=None), guardian()], "Signataire connu")],
)  # fmt: skip
def test_a_student_has_a_signatory_or_says_what_is_missing(guardians, word):
    assert rules.who_signs(student(), guardians, on=TODAY).word == word


@pytest.mark.parametrize(
    ("email", "mobile", "address", "word", "holds"),
    [("a@example.org", "+33639980012", None, "E-mail et SMS", True), ("a@example.org", None, HOME, "E-mail", True),
     (None, "+33639980012", None, "SMS", True), (None, None, HOME, "Courrier seulement", False), (None, None, None, "Injoignable", False)],
)  # fmt: skip
def test_somebody_is_reached_by_what_is_known(email, mobile, address, word, holds):
    found = rules.reach(email, mobile, address)
    assert (found.word, found.holds) == (word, holds)


@pytest.mark.parametrize(
    ("address", "abroad", "word", "says"),
    [(HOME, False, "Livrable", "commune"), (None, False, "Pas de colis", "Aucune adresse"), (HOME, True, "Pas de colis", "étranger"),
     (PostalAddress(recipient="A", street="1 rue A", postcode="57045", city="Metz CEDEX 1"), False, "Pas de colis", "CEDEX"),
     (PostalAddress(recipient="A", street="1 rue A", postcode="7000", city="Metz"), False, "Pas de colis", "cinq chiffres"),
     (PostalAddress(recipient="A", street="1 rue A", postcode="57000", city="Lille"), False, "À vérifier", "peut-être")],
)  # fmt: skip
def test_a_parcel_goes_to_an_address_or_the_reason_is_said(address, abroad, word, says):
    found = rules.deliverable(address, abroad=abroad)
    assert found.word == word
    assert says in found.reason


def test_an_import_is_dangerous_only_above_what_the_region_takes_for_ordinary():
    ordinary = {"absent": 10, "moved": 30, "most_absent": 10, "most_moved": 30}
    assert rules.dangers(ordinary, known=100) == []
    assert len(rules.dangers({**ordinary, "absent": 11, "moved": 31}, known=100)) == 2
    assert rules.dangers({"absent": 5, "moved": 5}, known=0) == []


def test_a_region_may_choose_its_own_limits():
    assert rules.limits_of({}) == Limits(0.10, 0.30)
    assert rules.limits_of({"import_absent_share": 0.2, "import_moved_share": 1}) == Limits(0.2, 1.0)
