"""Every permission of the portal, in one table. A route names its action; an action names its roles."""

from enum import StrEnum

from portal.kernel.words import later


class Role(StrEnum):
    """What a person is to the portal; staff hold a role in a school, or in the whole region."""

    FAMILY = "family"
    HEAD = "head"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    REGION = "region"
    SCAN_HELPER = "scan_helper"


ROLE_LABELS = {
    Role.FAMILY: later("Famille"),
    Role.HEAD: later("Proviseur"),
    Role.MANAGER: later("Gestionnaire"),
    Role.TECHNICIAN: later("Technicien régional (CMI)"),
    Role.REGION: later("Région"),
    Role.SCAN_HELPER: later("Aide au scan"),
}


class Action(StrEnum):
    """What can be done, as `thing:verb`."""

    PUBLIC = "public"
    SIGN_OUT = "session:end"
    CHOOSE_ROLE = "session:choose-role"
    LINK_IDENTITY = "identity:link"
    SECURE_ACCOUNT = "account:secure"
    KEEP_FACTORS = "account:keep-factors"
    MANAGE_TEAM = "team:manage"
    DELEGATE_HEAD = "team:delegate"
    INVITE_HELPERS = "team:invite-helpers"
    SCAN = "scan"
    SCAN_AT_STATION = "distribution:scan"
    SETTLE_SCANS = "distribution:settle"
    READ_OWN_LOANS = "own-loan:read"
    REQUEST_LOAN = "own-loan:request"
    CHANGE_OWN_ACCESS = "own-access:change"
    SIGN_CHARTER = "charter:sign"
    FOLLOW_CHARTERS = "charter:follow"
    ATTEND_CHARTER = "charter:attend"
    EDIT_CHARTER = "charter:edit"
    READ_SIGNATORIES = "charter:read-signatories"
    RECORD_OPPOSITION = "charter:record-opposition"
    DECIDE_SIGNATORY = "charter:decide-signatory"
    CONFIRM_RECEPTION = "own-loan:confirm-reception"
    READ_LOANS = "loan:read"
    DECIDE_LOAN = "loan:decide"
    READ_FAMILY_ACCESS = "family-access:read"
    PRINT_LETTERS = "family-access:print-letters"
    VERIFY_IDENTITY = "identity:verify"
    PREPARE_PARCEL = "parcel:prepare"
    HAND_OVER = "parcel:hand-over"
    FOLLOW_RETURNS = "loan:follow-returns"
    PLAN_DISTRIBUTION = "distribution:plan"
    WATCH_DISTRIBUTION = "distribution:watch"
    MANAGE_CARRIER = "carrier:manage"
    READ_STOCK = "stock:read"
    HANDLE_STOCK = "stock:handle"
    CHECK_DEVICES = "device:check"
    ANNOUNCE_LOTS = "lot:announce"
    DECIDE_RESERVE = "reserve:decide"
    EDIT_MODELS = "model:edit"
    READ_ROSTER = "roster:read"
    IMPORT_ROSTER = "roster:import"
    CORRECT_ROSTER = "roster:correct"
    READ_REGION = "region:read"
    PLAN_CAMPAIGN = "campaign:plan"
    LOAD_DIRECTORY = "directory:load"
    OPEN_SCHOOL = "school:open"
    READ_SCHOOL = "school:read"
    CHANGE_WELCOME = "school:change-welcome"
    CHANGE_SCHOOL = "school:change"
    READ_OWN_DATA = "own-data:read"
    READ_REGISTER = "privacy:read-register"
    READ_PRIVACY = "privacy:read"
    HELP_RIGHTS = "privacy:help"
    DECIDE_RIGHTS = "privacy:decide"


STAFF = frozenset({Role.HEAD, Role.MANAGER, Role.TECHNICIAN, Role.REGION})
EVERYONE = frozenset(Role)
ACCOUNTS = EVERYONE - {Role.SCAN_HELPER}
"""Those who have an account of their own: who helps for a day has a first name, and scans."""

GRANTS: dict[Action, frozenset[Role]] = {
    Action.PUBLIC: EVERYONE,
    Action.SIGN_OUT: EVERYONE,
    Action.CHOOSE_ROLE: ACCOUNTS,
    Action.LINK_IDENTITY: ACCOUNTS,
    Action.SECURE_ACCOUNT: ACCOUNTS,
    Action.KEEP_FACTORS: STAFF,
    Action.MANAGE_TEAM: frozenset({Role.HEAD, Role.REGION}),
    Action.DELEGATE_HEAD: frozenset({Role.HEAD}),
    Action.INVITE_HELPERS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.SCAN: frozenset({Role.MANAGER, Role.SCAN_HELPER}),
    Action.SCAN_AT_STATION: frozenset({Role.HEAD, Role.MANAGER, Role.TECHNICIAN, Role.SCAN_HELPER}),
    Action.SETTLE_SCANS: frozenset({Role.HEAD, Role.MANAGER, Role.TECHNICIAN}),
    Action.READ_OWN_LOANS: frozenset({Role.FAMILY}),
    Action.REQUEST_LOAN: frozenset({Role.FAMILY}),
    Action.CHANGE_OWN_ACCESS: frozenset({Role.FAMILY}),
    Action.SIGN_CHARTER: frozenset({Role.FAMILY}),
    Action.FOLLOW_CHARTERS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.ATTEND_CHARTER: frozenset({Role.HEAD, Role.MANAGER}),
    Action.EDIT_CHARTER: frozenset({Role.REGION}),
    Action.READ_SIGNATORIES: frozenset({Role.HEAD, Role.MANAGER}),
    Action.RECORD_OPPOSITION: frozenset({Role.HEAD, Role.MANAGER}),
    Action.DECIDE_SIGNATORY: frozenset({Role.HEAD}),
    Action.CONFIRM_RECEPTION: frozenset({Role.FAMILY}),
    Action.READ_LOANS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.DECIDE_LOAN: frozenset({Role.HEAD}),
    Action.READ_FAMILY_ACCESS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.PRINT_LETTERS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.VERIFY_IDENTITY: frozenset({Role.HEAD, Role.MANAGER}),
    Action.PREPARE_PARCEL: frozenset({Role.MANAGER}),
    Action.HAND_OVER: frozenset({Role.MANAGER}),
    Action.FOLLOW_RETURNS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.PLAN_DISTRIBUTION: frozenset({Role.HEAD, Role.MANAGER}),
    Action.WATCH_DISTRIBUTION: frozenset({Role.HEAD, Role.MANAGER}),
    Action.MANAGE_CARRIER: frozenset({Role.HEAD, Role.REGION}),
    Action.READ_STOCK: STAFF,
    Action.HANDLE_STOCK: frozenset({Role.HEAD, Role.MANAGER}),
    Action.CHECK_DEVICES: frozenset({Role.HEAD, Role.MANAGER, Role.TECHNICIAN}),
    Action.ANNOUNCE_LOTS: frozenset({Role.REGION}),
    Action.DECIDE_RESERVE: frozenset({Role.REGION}),
    Action.EDIT_MODELS: frozenset({Role.REGION}),
    Action.READ_ROSTER: frozenset({Role.HEAD, Role.MANAGER}),
    Action.IMPORT_ROSTER: frozenset({Role.HEAD, Role.MANAGER}),
    Action.CORRECT_ROSTER: frozenset({Role.HEAD, Role.MANAGER}),
    Action.READ_REGION: frozenset({Role.REGION}),
    Action.PLAN_CAMPAIGN: frozenset({Role.REGION}),
    Action.LOAD_DIRECTORY: frozenset({Role.REGION}),
    Action.OPEN_SCHOOL: frozenset({Role.REGION}),
    Action.READ_SCHOOL: frozenset({Role.HEAD, Role.MANAGER}),
    Action.CHANGE_WELCOME: frozenset({Role.HEAD, Role.MANAGER}),
    Action.CHANGE_SCHOOL: frozenset({Role.HEAD}),
    Action.READ_OWN_DATA: frozenset({Role.FAMILY}),
    Action.READ_REGISTER: frozenset({Role.HEAD, Role.MANAGER, Role.REGION}),
    Action.READ_PRIVACY: frozenset({Role.HEAD, Role.MANAGER}),
    Action.HELP_RIGHTS: frozenset({Role.HEAD, Role.MANAGER}),
    Action.DECIDE_RIGHTS: frozenset({Role.HEAD}),
}


def may(role: Role, action: Action) -> bool:
    """Default deny: an action without the role is refused."""
    return role in GRANTS[action]
