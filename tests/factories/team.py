"""A day's square."""

from portal.kernel import clock
from portal.schools.models import School
from portal.team.models import HelperPass
from portal.team.services.day_passes import _hashed, token_of
from tests.factories import people
from tests.factories.accounts import manager
from tests.factories.schools import usual_school
from tests.factories.writing import add, made


@made
def helper_pass(school: School | None = None, **values: object) -> HelperPass:
    """For today and ten helpers, made by a manager."""
    place = school or usual_school()
    public_id = f"pass-{people.number()}"
    usual = {"valid_on": clock.today(), "most": 10, "made_at": clock.now(), "token_hash": _hashed(token_of(public_id))}
    if "made_by" not in values:
        values = {**values, "made_by": manager(place).account_id}
    return add(HelperPass(**{**usual, "school_id": place.id, "public_id": public_id, **values}))
