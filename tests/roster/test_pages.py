"""The pages of the roster: upload, columns, preview, decision, undo; the list and the file of a student."""

import pytest

from portal.kernel.errors import DomainError
from portal.platform import scope
from portal.roster import handlers, services
from portal.roster.models import ColumnMapping, Guardian, Guardianship, RosterImport, Student
from portal.roster.reading.records import Source
from portal.roster.states import ImportState
from tests import factories as make
from tests.pages import Page
from tests.roster import flow
from tests.roster.desk import exports, read, sent
from tests.rosters import people, siecle

TABLE = "Nom;Prénom;Né(e) le;Classe;Nom responsable 1;Mail responsable 1\nBenali;Yanis;21/06/2011;2DE 4;Benali Nadia;nadia@example.org\n"


def staged(school, records=None, **how):
    with scope.schools(school.id):
        return flow.stage(records or flow.town(), school_id=school.id, **how)


def applied(school, records=None, **how):
    with scope.schools(school.id):
        return flow.bring(records or flow.town(), school_id=school.id, typed=school.uai, **how)


def test_from_the_export_to_the_list_of_students_and_back(office, school):
    page = Page(sent(office, exports(school)))
    assert "Lecture et comparaison" in page.text()
    asked = read(school)
    assert asked.state is ImportState.STAGED, asked.sentence
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert page.rows("Élèves : nouveaux")
    page = Page(page.submit(office, "Appliquer l’import"))
    assert "L’import est appliqué" in page.text()
    assert len(make.every(Student)) == 59
    assert len(Page(office.get("/eleves?page=2")).rows("Élèves")) == 9
    page = Page(page.submit(office, "Annuler l’import"))
    assert "Import annulé" in page.text()
    assert make.every(Student) == []


def test_the_files_are_forgotten_once_they_are_read(office, school):
    from portal.platform import files

    sent(office, exports(school))
    asked = read(school)
    for file in asked.files:
        with pytest.raises(FileNotFoundError):
            files.read(file["key"])


def test_no_file_chosen_is_said_on_the_field(office, school):
    del school
    page = Page(office.post("/eleves/import", data={}), status=422)
    assert page.errors() == ["Choisissez au moins un fichier."]


@pytest.mark.parametrize("variant", ["other-school", "last-year", "truncated", "doctype"])
def test_a_wrong_file_is_refused_whole_with_one_sentence(office, school, variant):
    before = flow.dump()
    sent(office, siecle.VARIANTS[variant](people.roster(uai=school.uai, students=60)))
    asked = read(school)
    assert asked.state is ImportState.FAILED
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert "Fichier refusé, rien n’a été modifié" in page.text()
    assert asked.sentence in page.text().replace("\u202f", "\u00a0") or asked.sentence.split()[0] in page.text()
    assert flow.dump() == before


def test_a_table_asks_what_its_columns_are_and_remembers(office, school):
    sent(office, {"eleves.csv": TABLE.encode("cp1252")})
    asked = read(school)
    assert asked.state is ImportState.TO_MAP
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert page.rows("Premières lignes")[0]["Prénom"] == "Yanis"
    refused = Page(page.submit(office, "Comparer avec le lycée", student__birth_date=""), status=422)
    assert refused.errors() == ["Choisissez la colonne qui contient cette information."]
    page.submit(office, "Comparer avec le lycée")
    assert read(school).state is ImportState.STAGED
    assert make.every(ColumnMapping)[0].columns["student.given_name"] == "Prénom"
    sent(office, {"eleves.csv": TABLE.encode("cp1252")})
    again = read(school)
    assert "nous reprenons sa réponse" in Page(office.get(f"/eleves/import/{again.public_id}")).text()


def test_a_dangerous_import_asks_for_the_uai(office, school):
    applied(school)
    asked = staged(school, flow.town(20))
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert "10 élèves sur 30 ne sont pas dans le fichier." in page.text()
    refused = Page(page.submit(office, "Appliquer l’import", uai="non"), status=422)
    assert "code UAI" in refused.errors()[0]
    done = Page(page.submit(office, "Appliquer l’import", uai=school.uai.lower()))
    assert "L’import est appliqué" in done.text()


def test_proposed_matches_wait_for_an_answer(office, school):
    applied(school, flow.family())
    asked = staged(school, [flow.student("777"), flow.guardian(), flow.link("777")])
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert page.rows("Rapprochements")
    assert page.submit(office, "Appliquer l’import").status_code == 409
    page = Page(page.submit(office, "Ce sont toutes les mêmes personnes"))
    Page(page.submit(office, "Appliquer l’import"))
    assert [one.source_id for one in make.every(Student)] == ["777"]


def test_each_list_shows_its_changes_and_is_a_file(office, school):
    applied(school)
    moved = [*flow.town(29), flow.student("S29", family_name="Nom14", given_name="Prénom29", class_name="TLE A")]
    asked = staged(school, moved)
    page = Page(office.get(f"/eleves/import/{asked.public_id}?liste=modifies"))
    (row,) = page.rows("Élèves : modifiés")
    assert "classe" in row["Ce qui change"]
    assert "TLE A" in row["Ce qui change"]
    text = office.get(f"/eleves/import/{asked.public_id}/liste.csv?liste=modifies").text
    assert '"Prénom29 Nom14";"TLE A";"classe";"2DE 1";"TLE A"' in text
    searched = office.get(f"/eleves/import/{asked.public_id}/liste.csv?liste=modifies&recherche=personne").text
    assert "Prénom29" not in searched
    for name in ("absents", "partis", "liens-disparus", "proteges", "erreurs", "a-recuperer", "inchanges", "inconnue"):
        Page(office.get(f"/eleves/import/{asked.public_id}?liste={name}"))


def test_devices_of_absent_students_are_to_recover(office, school):
    from portal.loans.states import LoanState

    applied(school)
    loan = make.loan(student=make.every(Student, source_id="S3")[0], state=LoanState.LENT)
    gone = [one for one in flow.town() if "S3" not in {getattr(one, "source_id", ""), getattr(one, "student", "")}]
    asked = applied(school, gone)
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    page = page.follow(office, "1 appareil est à récupérer auprès d’élèves absents ou partis.")
    assert page.rows("Appareils à récupérer")[0]["Dossier"] == loan.reference


def test_the_list_tells_who_signs_and_filters(office, school):
    applied(school, flow.town(6), source=Source.ONEROSTER)
    page = Page(office.get("/eleves?recherche=prenom3&classe=2de+3"))
    (row,) = page.rows("Élèves")
    assert (row["Élève"], row["Qui signe"], row["Joignable par"]) == (
        "Prénom3 Nom1",
        "Signataire connu",
        "E-mail et SMS",
    )
    for state in ("presents", "absents", "partis", "a-confirmer", "autre"):
        Page(office.get(f"/eleves?etat={state}"))
    assert "Aucun élève ne correspond" in Page(office.get("/eleves?recherche=zzz")).text()


def test_nobody_yet(office, school):
    del school
    assert "Aucun élève pour le moment" in Page(office.get("/eleves")).text()
    assert "Aucun import pour le moment" in Page(office.get("/eleves/import")).text()


def test_the_file_of_a_student_says_who_signs_and_why(office, school):
    applied(school, [flow.student(), flow.guardian(), flow.link(may_sign=None)], source=Source.ONEROSTER)
    student = make.every(Student)[0]
    page = Page(office.get(f"/eleves/{student.public_id}"))
    assert "Le fichier ne dit pas si cette personne est responsable légale." in page.text()
    refused = Page(page.submit(office, "Enregistrer le droit de signer"), status=422)
    assert refused.errors() == ["Choisissez oui ou non."]
    name = f"droit-{make.every(Guardian)[0].public_id}-reponse"
    page = Page(page.submit(office, "Enregistrer le droit de signer", {name: "oui"}))
    assert "Peuvent signer aujourd’hui : Nadia Benali." in page.text()
    assert make.every(Guardianship)[0].may_sign is True


def test_a_correction_is_kept_and_said(office, school):
    applied(school, flow.family())
    student, guardian = make.every(Student)[0], make.every(Guardian)[0]
    page = Page(office.get(f"/eleves/{student.public_id}"))
    refused = Page(page.submit(office, "Enregistrer la fiche de l’élève", email="pas une adresse"), status=422)
    assert refused.errors()
    page = Page(page.submit(office, "Enregistrer la fiche de l’élève", mobile="06 39 98 00 77"))
    assert "Corrigé ici, et gardé par les imports : téléphone." in page.text()
    prefix = f"fiche-{guardian.public_id}-"
    bad = page.submit(office, "Enregistrer la fiche de Nadia Benali", {f"{prefix}postcode": "57"})
    assert Page(bad, status=422).errors() == ["Le code postal compte cinq chiffres, par exemple 54000."]
    page = Page(page.submit(office, "Enregistrer la fiche de Nadia Benali", {f"{prefix}city": "Montigny-lès-Metz"}))
    assert make.fresh(guardian).protected == ["address"]
    assert make.fresh(student).protected == ["mobile"]


def test_another_guardian_is_not_found(office, school):
    applied(school, flow.family())
    student, stranger = make.every(Student)[0], make.guardian()
    for path in ("responsable", "droit"):
        answer = office.post(f"/eleves/{student.public_id}/{path}", data={"guardian": stranger.public_id})
        assert answer.status_code == 404


def test_pages_ask_for_few_statements_whatever_the_size(office, school, count_statements):
    for size in (4, 120):
        asked = applied(school, flow.town(size))
        urls = (
            "/eleves",
            "/eleves/import",
            f"/eleves/import/{asked.public_id}",
            f"/eleves/{make.every(Student)[0].public_id}",
        )
        for url in urls:
            with count_statements() as sql:
                office.get(url)
            assert sql.count <= 4, f"{url}\n{sql}"


def test_an_import_that_is_given_up_is_said_so(office, school):
    asked = staged(school)
    page = Page(Page(office.get(f"/eleves/import/{asked.public_id}")).submit(office, "Abandonner"))
    assert "Rien n’a été modifié" in page.text()
    assert "Import abandonné" in Page(office.get(f"/eleves/import/{asked.public_id}")).text()


def test_a_reading_that_breaks_says_so_and_is_tried_no_more(office, school, monkeypatch):
    sent(office, exports(school))
    monkeypatch.setattr(handlers.uploads, "compare", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(school)
    assert make.every(RosterImport)[-1].state is ImportState.FAILED


def test_an_undo_that_is_refused_says_whom_it_is_about(office, school):
    asked = applied(school, flow.family())
    with scope.schools(school.id):
        services.correct_student(make.every(Student)[0].public_id, given={"email": "autre@example.org"})
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert "Yanis Benali" in Page(page.submit(office, "Annuler l’import"), status=409).text()
    assert DomainError


def test_a_large_list_is_taken_here_and_nowhere_else(office, school):
    large = TABLE.encode() + (b" " * 1023 + b"\n") * 17 * 1024
    page = Page(sent(office, {"eleves.csv": large}))
    assert "Lecture et comparaison" in page.text()
    assert read(school).state is ImportState.TO_MAP
    assert office.post("/eleves", data={"x": "y" * 17 * 1024 * 1024}).status_code in {404, 405, 413}
    assert office.post("/equipe/delegation", data={"x": "y" * 17 * 1024 * 1024}).status_code == 413
