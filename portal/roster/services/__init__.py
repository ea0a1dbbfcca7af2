"""Use-cases of the roster: what a school's file says of its students, and what the school says of the file."""

from portal.roster.services.applying import apply
from portal.roster.services.correcting import correct_guardian, correct_student, protect, settle_right
from portal.roster.services.deciding import decide, decide_all, discard
from portal.roster.services.enrolling import NewGuardian, NewLink, NewStudent, enrol
from portal.roster.services.levels import name_levels, remember_levels
from portal.roster.services.staging import Question, Uploaded, compare, fail, map_columns, receive, remember_columns
from portal.roster.services.standing import note_emancipation, note_opposition
from portal.roster.services.undoing import before_removal, undo

__all__ = [
    "NewGuardian",
    "NewLink",
    "NewStudent",
    "Question",
    "Uploaded",
    "apply",
    "before_removal",
    "compare",
    "correct_guardian",
    "correct_student",
    "decide",
    "decide_all",
    "discard",
    "enrol",
    "fail",
    "map_columns",
    "name_levels",
    "note_emancipation",
    "note_opposition",
    "protect",
    "receive",
    "remember_columns",
    "remember_levels",
    "settle_right",
    "undo",
]
