"""Where a contact comes from: the import that wrote it, or whoever corrected it; never a guess."""

from portal.kernel import clock as time
from portal.platform import actor, scope
from portal.roster import services
from portal.roster.models import Guardian
from portal.roster.queries import origin
from tests import factories as make
from tests.roster import flow


def test_each_contact_names_the_import_that_wrote_it_or_the_account_that_corrected_it(db, clock):
    manager = make.manager()
    school = manager.school
    first = time.today().isoformat()
    with scope.schools(school.id):
        flow.bring(flow.family(), school_id=school.id)
        (nadia,) = make.every(Guardian)
        assert {name: origin(nadia, name) for name in ("email", "mobile", "address")} == dict.fromkeys(
            ("email", "mobile", "address"), f"import SIECLE du {first}"
        )
        clock.forward(days=3)
        second = time.today().isoformat()
        changed = [flow.student(), flow.guardian(email="nadia.b@example.org"), flow.link()]
        flow.bring(changed, school_id=school.id)
        nadia = make.fresh(nadia)
        assert origin(nadia, "email") == f"import SIECLE du {second}"
        assert origin(nadia, "mobile") == f"import SIECLE du {first}"
        with actor.acting(actor.person(manager.actor)):
            services.correct_guardian(nadia.public_id, given={"mobile": "+33639980099"})
        nadia = make.fresh(nadia)
        assert origin(nadia, "mobile") == f"corrigé par le compte {manager.account_id} (Gestionnaire) le {second}"


def test_a_record_whose_import_is_forgotten_names_its_file_only(db):
    guardian = make.guardian()
    with scope.schools(guardian.school_id):
        assert origin(guardian, "email") == "fichier SIECLE du lycée"
