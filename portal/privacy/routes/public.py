"""What everybody may know: which data, why, how long."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.policy import Action
from portal.privacy.datamap import data_map
from portal.privacy.routes.blueprint import bp


@bp.get("/vos-donnees", allow=Action.PUBLIC)
def your_data() -> ResponseReturnValue:
    """Each kind of data in plain French, from the data map."""
    return render_template("privacy/your_data.html", tables=data_map().about_people())
