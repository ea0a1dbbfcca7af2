"""What somebody at the office does with files, and the worker after them."""

from io import BytesIO

from portal.platform import scope
from portal.roster import handlers
from portal.roster.events import RosterReceived
from portal.roster.models import RosterImport
from tests import factories as make
from tests.rosters import people, siecle


def exports(school, **how):
    """SIECLE's files for a small lycée, as an upload."""
    return siecle.files(people.roster(uai=school.uai, students=60, **how))


def read(school):
    """What the worker does for the last upload."""
    asked = make.every(RosterImport)[-1]
    with scope.schools(school.id):
        handlers.read_upload(RosterReceived(school_id=school.id, import_id=asked.id), "key")
    return make.fresh(asked)


def sent(browser, files, **how):
    """Choose files and press the button."""
    return browser.post(
        "/eleves/import", data={"fichiers": [(BytesIO(content), name) for name, content in files.items()]},
        content_type="multipart/form-data", follow_redirects=True, **how,
    )  # fmt: skip
