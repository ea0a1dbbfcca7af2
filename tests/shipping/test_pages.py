"""The bench as the clerk uses it: pages, fragments, statements, without JavaScript and with."""

import re

import pytest

from portal.loans.models import Loan
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import outbox, scope
from portal.platform.jobs import Job, JobState
from portal.shipping.events import BatchHandedOver, SlipsAsked
from portal.shipping.models import Handover, Parcel
from portal.shipping.states import ParcelState
from tests import factories as make
from tests.documents import paper
from tests.pages import Page
from tests.swaps import assert_swap_equals_reload, press

PASSING = ("#bench-verdict", "#bench-chosen")


@pytest.fixture
def clerk(app, as_user):
    return as_user(make.manager())


def approved(place="A1", **values):
    loan = make.loan(**{"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "with_device": False, **values})
    make.device(loan=loan, location=place)
    return loan


def ready(place="A1", state=ParcelState.READY, **values):
    loan = make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED, with_device=False)
    return make.parcel(loan, device_id=make.device(loan=loan, location=place).id, state=state, **values)


def work(kind):
    """What the worker does with the last event of a kind."""
    rows = [row for row in make.outbox() if row.kind == kind.__name__]
    row = max(rows, key=lambda row: row.payload["job_id"])
    event = kind(**row.payload)
    with scope.schools(event.school_id):
        for handler in outbox.HANDLERS[kind]:
            handler.run(event, row.key)


def scan(clerk, page, code, **values):
    return Page(page.submit(clerk, "Valider", code=code, **values))


def test_an_empty_bench_says_what_will_come(clerk):
    page = Page(clerk.get("/preparation"))
    assert "Rien à préparer" in page.text("#bench-lane")
    for lane in ("prets", "retrait", "remis"):
        Page(clerk.get(f"/preparation?voie={lane}"))


def test_the_list_follows_the_shelves_and_says_the_one_reason_that_blocks(clerk):
    approved("A10", charter=CharterGate.TO_SIGN)
    first = approved("A2", delivery=Delivery.SCHOOL)
    rows = Page(clerk.get("/preparation")).rows("À préparer")
    assert [row["Casier"] for row in rows] == ["A2", "A10"]
    assert first.reference in rows[0]["Élève"]
    assert (rows[0]["Remise"], rows[0]["Charte"]) == ("Au lycée", "Charte signée")
    assert rows[1]["Charte"].startswith("Charte à signer")


def test_without_javascript_scan_after_scan_the_list_empties(clerk):
    loans = [approved(f"A{rank}") for rank in range(3)]
    page = Page(clerk.get("/preparation"))
    for loan in loans:
        page = scan(clerk, page, make.device_of(loan).asset_tag + "\t")
        assert page.text(".verdict__word") == "Prêt"
    assert "Rien à préparer" in page.text("#bench-lane")
    assert len(page.texts(".recent__item")) == 3


def test_choosing_in_the_list_then_scanning_gives_that_device(clerk):
    mine, free = approved("A1"), make.device()
    page = Page(clerk.get("/preparation"))
    chosen = Page(clerk.get(page.soup.select_one(".cell--action a")["href"]))
    assert make.device_of(mine).asset_tag in chosen.text(".verdict__text")
    assert scan(clerk, chosen, free.asset_tag).text(".verdict__word") == "Prêt"
    assert make.device_of(mine).id == free.id


def test_a_refusal_fills_the_screen_and_keeps_what_was_chosen(clerk):
    loan, other = approved(), approved()
    tag = make.device_of(other).asset_tag
    scan(clerk, Page(clerk.get("/preparation")), tag)
    chosen = Page(clerk.get(f"/preparation?dossier={loan.public_id}"))
    page = Page(chosen.submit(clerk, "Valider", code=tag), status=409)
    assert page.has(".verdict--problem[data-verdict=refused]")
    assert other.reference in page.text(".verdict__text")
    assert page.one("input[name=dossier]")["value"] == loan.public_id


@pytest.mark.parametrize("lane", ["a-preparer", "prets", "retrait"])
def test_the_scan_swapped_in_equals_the_page_reloaded(clerk, lane):
    approved(), approved(delivery=Delivery.SCHOOL)
    ready()
    tag = make.device_of(approved("B1")).asset_tag
    address = f"/preparation?voie={lane}"
    answer = assert_swap_equals_reload(clerk, address, "form.scan", code=tag, ignoring=PASSING)
    assert "data-announce" in answer.text
    assert_swap_equals_reload(clerk, address, "form.scan", code="FP-NADA", ignoring=PASSING, status=409)


def test_undoing_swapped_in_equals_the_page_reloaded(clerk):
    ready()
    assert_swap_equals_reload(clerk, "/preparation?voie=prets", ".recent__item form", ignoring=PASSING)
    assert make.every(Parcel)[0].state is ParcelState.CANCELLED


def test_undo_without_javascript_comes_back_to_the_lane(clerk):
    ready()
    page = Page(clerk.get("/preparation?voie=prets"))
    after = Page(page.submit(clerk, ".recent__item form"))
    assert "Annulé" in after.text(".flashed")
    assert "Aucun colis" in after.text("#bench-lane")


def test_the_desk_hands_over_from_the_list_by_scanning_the_device(clerk):
    loan = make.loan(state=LoanState.AWAITING_PICKUP)
    page = Page(clerk.get("/preparation?voie=retrait"))
    chosen = Page(clerk.get(page.soup.select_one(".cell--action a")["href"]))
    assert scan(clerk, chosen, make.device_of(loan).asset_tag).text(".verdict__word") == "Remis"
    assert make.fresh(loan).state is LoanState.LENT


@pytest.mark.parametrize("number", [5, 30])
@pytest.mark.parametrize("lane", ["a-preparer", "prets", "retrait", "remis"])
def test_each_lane_costs_four_statements_whatever_its_size(clerk, count_statements, lane, number):
    for rank in range(number):
        approved(f"A{rank}")
        ready(f"B{rank}")
        make.loan(state=LoanState.AWAITING_PICKUP)
        make.parcel(state=ParcelState.HANDED_OVER)
    with count_statements() as sql:
        Page(clerk.get(f"/preparation?voie={lane}"))
    assert sql.count <= 4, sql


def test_a_long_list_is_paged_and_filtered_by_class(clerk, monkeypatch):
    monkeypatch.setattr("portal.shipping.queries.PAGE_SIZE", 2)
    for rank in range(3):
        approved(f"A{rank}")
    approved("Z1", student=make.student(class_name="Tle 2"))
    page = Page(clerk.get("/preparation"))
    assert "page 1 sur 2" in page.text(".pager")
    second = page.follow(clerk, "Suivante")
    assert [row["Casier"] for row in second.rows("À préparer")] == ["A2", "Z1"]
    only = Page(page.submit(clerk, "Filtrer", classe="Tle 2"))
    assert [row["Casier"] for row in only.rows("À préparer")] == ["Z1"]
    assert [row["Casier"] for row in Page(clerk.get("/preparation/liste?classe=Tle 2")).rows("Dans l’ordre")] == ["Z1"]


def test_the_pick_list_is_on_one_page_for_the_printer(clerk, count_statements):
    for rank in (10, 2, 1):
        approved(f"A{rank}")
    with count_statements() as sql:
        page = Page(clerk.get("/preparation/liste"))
    assert [row["Casier"] for row in page.rows("Dans l’ordre")] == ["A1", "A2", "A10"]
    assert sql.count <= 4, sql


def test_slips_are_asked_followed_and_read_in_shelf_order(clerk):
    parcels = [ready(place, ParcelState.DRAFT) for place in ("B2", "A10", "A9")]
    page = Page(clerk.get("/preparation?voie=prets"))
    waiting = Page(page.submit(clerk, "Imprimer les bordereaux"))
    assert "0 sur 3" in waiting.text("#job")
    work(SlipsAsked)
    done = Page(clerk.get(waiting.url.replace("https://pret.example.org", "")))
    assert "Le document est prêt" in done.text("#job")
    answer = clerk.get(done.href("Ouvrir le PDF"))
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "application/pdf",
        'inline; filename="bordereaux-2026-09-08.pdf"',
    )
    scanned = [paper.scanned(picture) for picture in paper.pictures(answer.data)]
    assert [codes["Code 128"] for codes in scanned] == [parcels[2].code, parcels[1].code, parcels[0].code]
    assert scanned[0]["QR Code"] == f"https://pret.example.org/r/{parcels[2].public_id}"
    assert {row["État"] for row in Page(clerk.get("/preparation?voie=prets")).rows("Prêts")} == {"Prêt à partir"}


def test_only_the_labels_ticked_are_printed_and_the_shift_is_remembered(clerk):
    parcels = [ready(place) for place in ("A1", "A2", "A3")]
    page = Page(clerk.get("/preparation?voie=prets"))
    chosen = [parcels[2].public_id, parcels[0].public_id]
    page.submit(clerk, "Imprimer les étiquettes 10×15", colis=chosen, right="1,5", down="-1")
    work(SlipsAsked)
    job = make.every(Job)[0]
    answer = clerk.get(f"/travaux/{job.public_id}/fichier")
    codes = [paper.scanned(picture)["Code 128"] for picture in paper.pictures(answer.data)]
    assert codes == [parcels[0].code, parcels[2].code]
    assert {size for pair in paper.sizes_mm(answer.data) for size in map(round, pair)} == {100, 150}
    again = Page(clerk.get("/preparation?voie=prets"))
    assert (again.one("#right")["value"], again.one("#down")["value"]) == ("1,5", "-1")


def test_a_shift_that_would_cut_the_page_is_refused_in_words(clerk):
    ready()
    page = Page(clerk.get("/preparation?voie=prets"))
    refused = Page(page.submit(clerk, "Imprimer les bordereaux", right="12"))
    assert "entre −10 et 10 mm" in refused.text(".flashed")
    assert make.every(Job) == []


def test_progress_swapped_in_equals_the_page_reloaded(clerk):
    ready(state=ParcelState.DRAFT)
    page = Page(clerk.get("/preparation?voie=prets"))
    url = Page(page.submit(clerk, "Imprimer les bordereaux")).url.replace("https://pret.example.org", "")
    assert_swap_equals_reload(clerk, url, "#job")
    running = Page(clerk.get(url))
    work(SlipsAsked)
    answer = press(clerk, running, "#job")
    assert "Ouvrir le PDF" in answer.text
    assert "data-hx-get" not in answer.text


def test_a_failed_printing_says_why_and_is_no_file(clerk):
    parcel = ready(state=ParcelState.DRAFT)
    page = Page(clerk.get("/preparation?voie=prets"))
    url = Page(page.submit(clerk, "Imprimer les bordereaux")).url.replace("https://pret.example.org", "")
    loan = next(loan for loan in make.every(Loan) if loan.id == parcel.loan_id)
    clerk.post(f"/preparation/dossiers/{loan.public_id}/annuler")
    work(SlipsAsked)
    assert make.every(Job)[0].state is JobState.FAILED
    assert "annulés" in Page(clerk.get(url)).text("#job")
    assert clerk.get(f"{url}/fichier").status_code == 302


def test_a_batch_of_thirty_is_decoded_code_by_code(clerk):
    """Two chunks, two processes, one file in the order of the shelves."""
    parcels = [ready(f"A{rank}", ParcelState.DRAFT) for rank in range(30)]
    page = Page(clerk.get("/preparation?voie=prets"))
    page.submit(clerk, "Imprimer les étiquettes 10×15")
    work(SlipsAsked)
    job = make.every(Job)[0]
    assert (job.done, job.total) == (30, 30)
    content = clerk.get(f"/travaux/{job.public_id}/fichier").data
    codes = [paper.scanned(picture)["Code 128"] for picture in paper.pictures(content, options=("-mono",))]
    assert codes == [parcel.code for parcel in parcels]


def test_a_parcel_whose_address_is_bad_is_listed_corrected_then_printed(clerk):
    bad = ready("A1", ParcelState.DRAFT, street="", locality="")
    ready("A2", ParcelState.DRAFT)
    page = Page(clerk.get("/preparation?voie=prets"))
    assert "Adresse à corriger" in page.rows("Prêts")[0]["État"]
    asked = Page(page.submit(clerk, "Imprimer les bordereaux"))
    assert "1 colis n’est pas imprimé" in asked.text(".flashed")
    parcel = Page(clerk.get(f"/preparation/colis/{bad.public_id}"))
    refused = Page(parcel.submit(clerk, "Enregistrer l’adresse", city=""), status=422)
    assert any("rue" in error for error in refused.errors())
    fixed = Page(parcel.submit(clerk, "Enregistrer l’adresse", street="4 rue du Moulin"))
    assert "L’adresse est enregistrée" in fixed.text(".flashed")
    assert make.fresh(bad).street == "4 rue du Moulin"


def test_a_tracking_number_is_typed_doubted_confirmed_and_erased(clerk):
    parcel, other = ready(), ready(tracking_number="6A15984040331")
    url = f"/preparation/colis/{parcel.public_id}"
    page = Page(clerk.get(url))
    assert not page.has("#confirmed")
    taken = Page(page.submit(clerk, "Enregistrer le numéro", number="6A15984040331"), status=422)
    assert other.code in taken.errors()[0]
    Page(page.submit(clerk, "Enregistrer le numéro", number="6A123"), status=422)
    doubt = Page(page.submit(clerk, "Enregistrer le numéro", number="6A15984040332"), status=422)
    assert "Un chiffre semble faux" in doubt.errors()[0]
    kept = Page(doubt.submit(clerk, "Enregistrer le numéro", confirmed="y"))
    assert kept.one("#number")["value"] == "6A15984040332"
    Page(kept.submit(clerk, "Effacer le numéro"))
    assert make.fresh(parcel).tracking_number is None


def test_a_weight_is_corrected_within_what_la_poste_carries(clerk):
    parcel = ready()
    page = Page(clerk.get(f"/preparation/colis/{parcel.public_id}"))
    Page(page.submit(clerk, "Enregistrer le poids", weight="40000"), status=422)
    Page(page.submit(clerk, "Enregistrer le poids", weight="deux kilos"), status=422)
    Page(page.submit(clerk, "Enregistrer le poids", weight="1990"))
    assert make.fresh(parcel).weight == 1990


def test_the_batch_leaves_in_two_clicks_and_its_deposit_slip_follows(clerk, count_statements):
    parcels = [ready(place) for place in ("A1", "A2")]
    page = Page(clerk.get("/preparation?voie=prets")).follow(clerk, "Remettre au transporteur")
    left = Page(page.submit(clerk, "Marquer comme remis au transporteur"))
    (batch,) = make.every(Handover)
    assert batch.number in left.heading
    work(BatchHandedOver)
    with count_statements() as sql:
        page = Page(clerk.get(f"/preparation/remises/{batch.public_id}"))
    assert sql.count <= 4, sql
    printed = paper.text(clerk.get(page.href("Ouvrir le PDF")).data).replace(" ", "").replace("\xa0", "")
    assert all(parcel.code in printed for parcel in parcels)
    assert batch.number in printed
    rows = Page(clerk.get("/preparation/remises")).rows("Remises")
    assert [(row["Bordereau"], row["Colis"]) for row in rows] == [(batch.number, "2")]


def test_an_unsigned_parcel_is_named_and_left_out(clerk):
    ready("A1")
    unsigned = make.loan(state=LoanState.PREPARING, with_device=False)
    stays = make.parcel(unsigned, device_id=make.device(loan=unsigned).id, state=ParcelState.READY)
    page = Page(clerk.get("/preparation/remise"))
    assert "1 colis reste au lycée" in page.text(".notice--waiting")
    Page(page.submit(clerk, "Marquer comme remis au transporteur"))
    assert make.fresh(stays).state is ParcelState.READY
    refused = Page(clerk.post("/preparation/remise", data={"colis": stays.public_id}), status=409)
    assert "charte signée" in refused.text(".notice--problem")


def test_pressing_twice_hands_over_once(clerk):
    ready()
    page = Page(clerk.get("/preparation/remise"))
    urls = {Page(page.submit(clerk, "Marquer comme remis au transporteur")).url for _ in range(2)}
    assert len(urls) == 1
    assert len(make.every(Handover)) == 1


@pytest.mark.parametrize("who", [make.head, make.technician, make.family, make.region_agent])
def test_only_the_manager_prepares(app, as_user, who):
    parcel = ready()
    other = as_user(who())
    for url in (
        "/preparation",
        "/preparation/remise",
        f"/preparation/colis/{parcel.public_id}",
        "/preparation/remises",
    ):
        assert other.get(url).status_code == 403
    assert other.post("/preparation/scan", data={"code": "X"}).status_code == 403


def test_another_school_s_parcel_job_and_batch_do_not_exist(app, as_user):
    parcel = ready()
    batch = make.handover()
    stranger = as_user(make.manager(make.school()))
    for url in (f"/preparation/colis/{parcel.public_id}", f"/preparation/remises/{batch.public_id}", "/travaux/none"):
        assert stranger.get(url).status_code == 404
    loan = next(loan for loan in make.every(Loan) if loan.id == parcel.loan_id)
    assert stranger.post(f"/preparation/dossiers/{loan.public_id}/annuler").status_code in {404, 409}
    assert make.fresh(parcel).state is ParcelState.READY


def test_the_square_of_a_slip_leads_the_family_to_its_own_page(app, client):
    parcel = ready()
    loan = next(loan for loan in make.every(Loan) if loan.id == parcel.loan_id)
    answer = client.get(f"/r/{parcel.public_id}")
    assert answer.status_code == 302
    assert answer.location.endswith(loan.public_id)
    assert client.get("/r/nothing").status_code == 404


def test_the_command_writes_the_slips_of_a_school_and_names_those_left_out(app, tmp_path):
    parcel, bad = ready("A1", ParcelState.DRAFT), ready("A2", ParcelState.DRAFT, street="", locality="")
    uai = make.every(type(make.school()))[0].uai
    out = tmp_path / "slips.pdf"
    done = app.test_cli_runner().invoke(args=["slips", "print", "--school", uai.lower(), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert re.search(rf"left out: {bad.code}", done.output)
    assert paper.scanned(paper.pictures(out.read_bytes())[0])["Code 128"] == parcel.code
    assert make.fresh(parcel).state is ParcelState.DRAFT
    nobody = app.test_cli_runner().invoke(args=["slips", "print", "--school", "0000000A", "--out", str(out)])
    assert nobody.exit_code == 1
