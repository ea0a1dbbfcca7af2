"""Use-cases of the schools: the directory, the region and its campaigns, the lycées that take part."""

from portal.schools.services.campaigns import (
    change_campaign,
    change_emergency_rules,
    plan_campaign,
    withdraw_campaign,
)
from portal.schools.services.directory import Merge, foresee_merge, load_directory, merge_directory
from portal.schools.services.opening import NewSchool, open_region, open_school
from portal.schools.services.settings import Stale, advance_sheet, change, change_reminders, lock

__all__ = [
    "Merge",
    "NewSchool",
    "Stale",
    "advance_sheet",
    "change",
    "change_campaign",
    "change_emergency_rules",
    "change_reminders",
    "foresee_merge",
    "load_directory",
    "lock",
    "merge_directory",
    "open_region",
    "open_school",
    "plan_campaign",
    "withdraw_campaign",
]
