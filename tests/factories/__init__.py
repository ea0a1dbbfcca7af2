"""Rows for tests: `from tests import factories as make`, then `make.loan(state=LoanState.LENT)`.

A factory writes apart, over every school, in one unit of work, and gives back detached rows: plain values that do not
change. Whatever is not given is made, or taken from the test's first region, campaign and school. People are invented;
their addresses end in example.org and their telephones are 06 39 98 xx xx.
"""

from tests.factories.access import claim, doubt, letter
from tests.factories.accounts import account, head, manager, region_agent, staff, technician
from tests.factories.charter import charter_version, desk, paper, signature
from tests.factories.credentials import PASSPHRASE, passkey, password, phone, recovery_code
from tests.factories.distribution import (
    attendance,
    condition_report,
    scan,
    session,
    session_class,
    station,
    student_label,
)
from tests.factories.federation import identity, waiting_identity
from tests.factories.loans import device_of, loan
from tests.factories.recalls import recall
from tests.factories.roster import (
    adult_student,
    family,
    guardian,
    guardianship,
    level_label,
    signed_in_student,
    student,
)
from tests.factories.schools import campaign, directory_entry, region, school
from tests.factories.shipping import attempt, contract, handover, journey, parcel
from tests.factories.stock import delivery, device, device_model, devices, movement, stocktake, transfer
from tests.factories.team import helper_pass
from tests.factories.writing import change, every, fresh, outbox, trail

__all__ = [
    "PASSPHRASE",
    "account",
    "adult_student",
    "attempt",
    "attendance",
    "campaign",
    "change",
    "charter_version",
    "claim",
    "condition_report",
    "contract",
    "delivery",
    "desk",
    "device",
    "device_model",
    "device_of",
    "devices",
    "directory_entry",
    "doubt",
    "every",
    "family",
    "fresh",
    "guardian",
    "guardianship",
    "handover",
    "head",
    "helper_pass",
    "identity",
    "journey",
    "letter",
    "level_label",
    "loan",
    "manager",
    "movement",
    "outbox",
    "paper",
    "parcel",
    "passkey",
    "password",
    "phone",
    "recall",
    "recovery_code",
    "region",
    "region_agent",
    "scan",
    "school",
    "session",
    "session_class",
    "signature",
    "signed_in_student",
    "staff",
    "station",
    "stocktake",
    "student",
    "student_label",
    "technician",
    "trail",
    "transfer",
    "waiting_identity",
]
