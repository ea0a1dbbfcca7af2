"""Ship right: three scans agree before a box is closed, nothing leaves unchecked, and a manager may answer for a box."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy.exc import IntegrityError

from portal.kernel.values.address import PostalAddress
from portal.loans.states import CharterGate, LoanState
from portal.platform import scope
from portal.schools import queries as schools
from portal.schools import services as school_services
from portal.schools.packing import USUAL, Packing
from portal.schools.profile import read_profile
from portal.shipping import services
from portal.shipping.models import Parcel
from portal.shipping.rules import Bench, Refused, Trio
from portal.shipping.services.sealing import NoReason
from portal.shipping.states import ParcelState
from tests import factories as make
from tests.pages import Page
from tests.swaps import assert_swap_equals_reload


@pytest.fixture
def post(db):
    """The post where boxes are closed: `post(code)` goes on with what was scanned before."""
    school, clerk = make.school(), make.manager()

    def scan(code):
        with scope.schools(school.id):
            done = services.check(code, trio=scan.trio, school_id=school.id, by=clerk.account_id)
        scan.trio = done.trio
        return done.verdict

    scan.school, scan.clerk, scan.trio = school, clerk, Trio()
    return scan


def box(state=ParcelState.READY, **values):
    """A parcel to check: itself, its device's tag, its loan's reference."""
    loan = make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED)
    parcel = make.parcel(loan, state=state, **{"sealed_at": None, "checklist": None, **values})
    return parcel, make.device_of(loan).asset_tag, loan.reference


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_three_scans_in_any_order_then_the_slip_again_close_the_box(post, order):
    parcel, tag, reference = box()
    codes = (tag, parcel.code, reference)
    said = [post(codes[rank] + "\r\n").word for rank in order]
    assert said[2] == "Conforme"
    assert make.fresh(parcel).sealed_at is None
    assert post(parcel.code).word == "Fermé"
    kept, listed = make.fresh(parcel), schools.packing(post.school.id).checklist
    assert (kept.sealed_by, tuple(kept.checklist), kept.waiver) == (post.clerk.account_id, listed, None)
    assert "ParcelSealed" in make.trail()
    assert post(parcel.code).word == "Déjà fermé"


def test_the_device_slip_or_loan_of_another_family_is_refused_with_both_named(post):
    parcel, tag, _reference = box()
    other, other_tag, other_reference = box()
    for wrong in (other_tag, other_reference):
        post.trio = Trio()
        post(parcel.code)
        with pytest.raises(Refused, match="n’expédiez pas ce colis"):
            post(wrong)
    post.trio = Trio()
    post(tag)
    with pytest.raises(Refused, match=other_reference):
        post(other.code)
    assert {make.fresh(each).sealed_at for each in (parcel, other)} == {None}


def test_a_device_that_nobody_holds_or_that_was_exchanged_closes_no_box(post):
    parcel, tag, reference = box()
    with pytest.raises(Refused, match="à personne"):
        post(make.device().asset_tag)
    make.change(parcel, device_id=make.device().id)
    for code in (tag, reference, parcel.code):
        post(code)
    with pytest.raises(Refused, match="échangé"):
        post(parcel.code)


def test_a_parcel_that_left_or_a_code_of_another_school_is_refused(post):
    gone = make.parcel(state=ParcelState.HANDED_OVER)
    with pytest.raises(Refused, match="déjà parti"):
        post(gone.code)
    elsewhere = make.device(make.school())
    with pytest.raises(Refused, match="Rien dans votre lycée"):
        post(elsewhere.asset_tag)


def test_nothing_is_handed_over_unchecked_and_the_database_agrees(post):
    parcel, *_ = box()
    with scope.schools(post.school.id), pytest.raises(services.Unsealed):
        services.hand_over([parcel.public_id], school_id=post.school.id)
    with pytest.raises(IntegrityError):
        box(state=ParcelState.HANDED_OVER)
    with pytest.raises(IntegrityError):
        make.change(parcel, sealed_at=parcel.made_at)


def test_with_a_broken_scanner_a_manager_says_why_and_it_is_kept(post):
    parcel, *_ = box()
    with scope.schools(post.school.id):
        with pytest.raises(NoReason):
            services.seal_unscanned(parcel.public_id, reason="  ?  ", by=post.clerk.account_id)
        services.seal_unscanned(parcel.public_id, reason="Scanner en panne", by=post.clerk.account_id)
        services.hand_over([parcel.public_id], school_id=post.school.id)
    kept = make.fresh(parcel)
    assert (kept.waiver, kept.sealed_by, kept.checklist) == ("Scanner en panne", post.clerk.account_id, None)
    assert "CheckWaived" in make.trail()


def test_a_new_address_means_a_new_slip_so_the_box_is_checked_again(post):
    parcel = make.parcel(state=ParcelState.READY)
    home = PostalAddress(recipient="Mme Weber", street="4 rue Haute", postcode="57000", city="Metz")
    with scope.schools(post.school.id):
        services.correct_address(parcel.public_id, address=home)
    assert make.fresh(parcel).sealed_at is None


def test_the_lycees_own_weight_and_list_are_used_and_the_regions_otherwise(post):
    loan = make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED)
    device = make.device_of(loan)
    own = {"checklist": ["Appareil éteint"], "weights": {str(device.model_id): 1990}}
    with scope.schools(post.school.id):
        assert schools.packing(post.school.id).checklist == USUAL
        school_services.change(post.school.id, version=make.fresh(post.school).version, values={"packing": own})
        services.scan(device.asset_tag, bench=Bench(), school_id=post.school.id, by=post.clerk.account_id)
    (parcel,) = make.every(Parcel)
    assert parcel.weight == 1990
    for code in (device.asset_tag, parcel.code, loan.reference, parcel.code):
        post(code)
    assert make.fresh(parcel).checklist == ["Appareil éteint"]


def test_a_region_s_own_list_comes_before_the_usual_one():
    profile = read_profile("grand-est").rules
    assert "Bordereau de retour à l’intérieur du carton" in Packing.of(None, profile).checklist
    own = Packing.of({"checklist": ["Éteint"]}, profile)
    assert (own.checklist, own.hs_code, Packing.of(None).hs_code) == (("Éteint",), "8471 30", "")


def test_without_javascript_the_page_walks_through_a_box(app, as_user):
    clerk = as_user(make.manager())
    parcel, tag, reference = box()
    page = Page(clerk.get("/preparation/verification"))
    assert "1 colis reste à vérifier" in page.text("#seal-trio")
    for code in (tag, parcel.code, reference):
        page = Page(page.submit(clerk, "Valider", code=code))
    assert page.text(".verdict__word") == "Conforme"
    assert "Batterie de 100 Wh" in page.text(".points")
    page = Page(page.submit(clerk, "Valider", code=parcel.code))
    assert page.text(".verdict__word") == "Fermé"
    assert "Tous les colis sont vérifiés" in page.text("#seal-trio")


def test_a_refused_scan_keeps_what_was_scanned_and_says_one_sentence(app, as_user):
    clerk = as_user(make.manager())
    parcel, *_ = box()
    _other, other_tag, _reference = box()
    page = Page(clerk.get("/preparation/verification"))
    page = Page(page.submit(clerk, "Valider", code=parcel.code))
    refused = Page(page.submit(clerk, "Valider", code=other_tag), status=409)
    assert refused.text(".verdict__word") == "Stop"
    assert parcel.code in refused.text("#seal-trio")


def test_the_page_takes_four_statements_and_its_fragments_are_the_page(app, as_user, count_statements):
    clerk = as_user(make.manager())
    box(), box()
    clerk.get("/preparation/verification")
    with count_statements() as sql:
        clerk.get("/preparation/verification")
    assert sql.count <= 4, sql
    passing = ("#seal-verdict", "#seal-seen")
    assert_swap_equals_reload(
        clerk, "/preparation/verification", "form.scan", code="rien", ignoring=passing, status=409
    )


def test_the_parcel_page_lets_a_manager_answer_for_the_box(app, as_user):
    clerk = as_user(make.manager())
    parcel, *_ = box()
    page = Page(clerk.get(f"/preparation/colis/{parcel.public_id}"))
    page.submit(clerk, "Fermer sans vérifier", raison="Scanner en panne ce matin")
    assert "Scanner en panne ce matin" in Page(clerk.get(f"/preparation/colis/{parcel.public_id}")).text("main")
    assert "À vérifier" not in Page(clerk.get("/preparation/remise")).text("#leaving")


def test_how_a_lycee_packs_is_typed_once_and_wrong_weights_are_told(app, as_user):
    clerk = as_user(make.manager())
    device = make.device()
    page = Page(clerk.get("/etablissement/colis"))
    field = f"poids-{device.model_id}"
    refused = page.submit(clerk, "Enregistrer", checklist="Appareil éteint", **{field: "99 000"})
    assert "entre 10 et 30" in Page(refused, status=422).text("main")
    page.submit(clerk, "Enregistrer", checklist="Appareil éteint\n\n  Chargeur  emballé ", **{field: "2 100"})
    with scope.schools(make.fresh(device).school_id):
        packing = schools.packing(make.fresh(device).school_id)
    assert (packing.checklist, packing.weights) == (("Appareil éteint", "Chargeur emballé"), {device.model_id: 2100})


def telephone_photo():
    """As a camera writes it: large, lying on its side, with where it was taken."""
    picture, written = Image.new("RGB", (4000, 3000), "white"), BytesIO()
    told = picture.getexif()
    told[0x0112], told[0x010F] = 6, "Telephone of somebody"
    told.get_ifd(0x8825)[1] = "N"
    picture.save(written, "JPEG", exif=told)
    return written.getvalue()


def test_the_open_box_may_be_photographed_small_upright_and_without_what_the_camera_wrote(app, as_user):
    clerk = as_user(make.manager())
    parcel, tag, reference = box()
    page = Page(clerk.get("/preparation/verification"))
    for code in (tag, parcel.code, reference):
        page = Page(page.submit(clerk, "Valider", code=code))
    sent = {field["name"]: field["value"] for field in page.soup.select("form.photo input[type=hidden]")}
    address = "/preparation/verification/photo"
    damaged = clerk.post(address, data={**sent, "photo": (BytesIO(telephone_photo()[:900]), "colis.jpg")})
    assert "abîmée" in Page(damaged, status=409).text(".verdict")
    kept = Page(clerk.post(address, data={**sent, "photo": (BytesIO(telephone_photo()), "colis.jpg")}))
    assert kept.text(".verdict__word") == "Photo gardée"
    shown = clerk.get(f"/preparation/colis/{parcel.public_id}/photo")
    with Image.open(BytesIO(shown.data)) as picture:
        assert (picture.size, dict(picture.getexif()), shown.mimetype) == ((1200, 1600), {}, "image/jpeg")
    assert Page(kept.submit(clerk, "Valider", code=parcel.code)).text(".verdict__word") == "Fermé"
    Page(Page(clerk.get(f"/preparation/colis/{parcel.public_id}")).submit(clerk, "Oui, retirer la photo"))
    assert clerk.get(f"/preparation/colis/{parcel.public_id}/photo").status_code == 404


def test_a_photo_waits_for_the_three_scans_and_is_shown_to_no_family(app, as_user):
    clerk, family = as_user(make.manager()), make.family()
    parcel, *_ = box(photo_key="colis-photo/00/00.jpg")
    page = Page(clerk.get("/preparation/verification"))
    assert page.soup.select("form.photo") == []
    with pytest.raises(Refused, match="Scannez d’abord"):
        services.photograph(Trio(slip=parcel.code), content=telephone_photo())
    assert as_user(family).get(f"/preparation/colis/{parcel.public_id}/photo").status_code == 403
