"""Turn what a school uploads into records, one shape whatever the format. No database, no web.

`open_upload` refuses the whole (`Refused`), asks which column is which (`NeedsMapping`), or gives a `Reading` whose
records are streamed once: students, guardians, links, and what there is to say of each line.
"""

from portal.platform.reading.parts import Upload
from portal.platform.reading.refusals import Refused
from portal.roster.reading.columns import FIELDS, REQUIRED, Mapping, NeedsMapping
from portal.roster.reading.opening import check_header, open_upload
from portal.roster.reading.table_records import DERIVED

__all__ = [
    "DERIVED",
    "FIELDS",
    "REQUIRED",
    "Mapping",
    "NeedsMapping",
    "Refused",
    "Upload",
    "check_header",
    "open_upload",
]
