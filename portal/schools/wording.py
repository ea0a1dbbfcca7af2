"""The words of the settings page: who may do what, and which setting was changed."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from portal.kernel.words import later
from portal.platform.i18n import format_day
from portal.platform.i18n import gettext as _
from portal.policy import GRANTS, ROLE_LABELS, STAFF, Action, Role
from portal.schools.campaigns import Concern, Lack, Standing

ACTIONS: Final = {
    Action.MANAGE_TEAM: later("Inviter un collègue, donner ou retirer un rôle"),
    Action.DELEGATE_HEAD: later("Se faire remplacer pendant une période"),
    Action.INVITE_HELPERS: later("Ouvrir le scan à des aides pour la journée"),
    Action.SCAN: later("Scanner le matériel"),
    Action.SCAN_AT_STATION: later("Tenir un poste de scan le jour de la distribution"),
    Action.SETTLE_SCANS: later("Trancher entre deux scans qui se contredisent"),
    Action.READ_LOANS: later("Lire les dossiers des élèves"),
    Action.DECIDE_LOAN: later("Accepter ou refuser une demande"),
    Action.FOLLOW_CHARTERS: later("Suivre les chartes, classe par classe"),
    Action.ATTEND_CHARTER: later("Faire signer au guichet, enregistrer un papier, relancer"),
    Action.READ_ROSTER: later("Lire la liste des élèves et des responsables"),
    Action.CORRECT_ROSTER: later("Corriger une fiche d’élève ou de responsable"),
    Action.IMPORT_ROSTER: later("Charger le fichier des élèves"),
    Action.READ_FAMILY_ACCESS: later("Lire comment chaque famille peut entrer"),
    Action.PRINT_LETTERS: later("Imprimer les lettres d’accès"),
    Action.VERIFY_IDENTITY: later("Dire si deux fiches sont une même personne"),
    Action.PREPARE_PARCEL: later("Préparer et imprimer les colis"),
    Action.HAND_OVER: later("Remettre les colis au transporteur"),
    Action.PLAN_DISTRIBUTION: later("Préparer une séance de distribution, l’ouvrir et la clore"),
    Action.FOLLOW_RETURNS: later("Suivre les retours du fonds d’urgence"),
    Action.WATCH_DISTRIBUTION: later("Suivre une séance de distribution"),
    Action.EDIT_CHARTER: later("Écrire et publier la charte"),
    Action.READ_SIGNATORIES: later("Lire qui a signé la charte"),
    Action.RECORD_OPPOSITION: later("Noter l’opposition d’un responsable légal"),
    Action.DECIDE_SIGNATORY: later("Lever une opposition, noter une émancipation"),
    Action.MANAGE_CARRIER: later("Donner ou retirer les clés des contrats avec La Poste"),
    Action.READ_STOCK: later("Lire l’état du matériel"),
    Action.HANDLE_STOCK: later("Recevoir, étiqueter, transférer et compter le matériel"),
    Action.CHECK_DEVICES: later("Noter l’état d’un appareil, le remettre en stock à son retour"),
    Action.ANNOUNCE_LOTS: later("Annoncer les lots des fournisseurs"),
    Action.EDIT_MODELS: later("Décrire les modèles du marché"),
    Action.DECIDE_RESERVE: later("Suivre les fonds d’urgence et répondre aux demandes"),
    Action.READ_REGION: later("Lire le tableau de la région et l’annuaire"),
    Action.PLAN_CAMPAIGN: later("Préparer une campagne, changer ses dates et son kit"),
    Action.LOAD_DIRECTORY: later("Charger un annuaire"),
    Action.OPEN_SCHOOL: later("Ouvrir un lycée de la région, inviter son proviseur"),
    Action.READ_SCHOOL: later("Lire les réglages du lycée"),
    Action.CHANGE_WELCOME: later("Changer les horaires, l’aide, l’expéditeur et les imprimantes"),
    Action.CHANGE_SCHOOL: later(
        "Changer l’adresse du lycée, le nom du chef d’établissement, le nombre de signatures, les relances"
    ),
    Action.READ_REGISTER: later("Lire le registre des données"),
    Action.READ_PRIVACY: later("Lire les demandes sur les données"),
    Action.HELP_RIGHTS: later("Faire une copie des données, noter une demande reçue sur papier"),
    Action.DECIDE_RIGHTS: later("Répondre à une demande, effacer un dossier, lire les consultations"),
}
"""What staff may do, in words. A test asks it of every action that a role of the staff has."""

OF_EVERYBODY: Final = frozenset(action for action in Action if GRANTS[action] >= STAFF)
STAFF_ROLES: Final = tuple(role for role in Role if role is not Role.FAMILY)

SETTINGS: Final = {
    "contact_name": later("personne qui aide"),
    "contact_phone": later("téléphone"),
    "contact_email": later("adresse e‑mail"),
    "contact_hours": later("horaires"),
    "opening": later("horaires"),
    "closings": later("jours de fermeture"),
    "pickup_place": later("lieu de retrait"),
    "sender": later("expéditeur"),
    "printing": later("imprimantes"),
    "packing": later("préparation des colis"),
    "head_name": later("chef d’établissement"),
    "head_title": later("titre"),
    "deliberation": later("délibération"),
    "two_signatures": later("nombre de signatures"),
    "reminder_days": later("jours de relance"),
}
ADDRESS: Final = later("adresse")

STANDINGS: Final = {
    Standing.COMING: (later("À venir"), "info"),
    Standing.RUNNING: (later("En cours"), "done"),
    Standing.RELIEVED: (later("S’achève"), "neutral"),
    Standing.OVER: (later("Terminée"), "neutral"),
}
"""Where a campaign stands, and the tone of its tag."""


def rights() -> list[tuple[str, list[bool]]]:
    """Who may do what: each action in words, then yes or no for each role of the staff."""
    return [
        (words, [role in GRANTS[action] for role in STAFF_ROLES])
        for action, words in ACTIONS.items()
        if set(STAFF_ROLES) & GRANTS[action]
    ]


def roles() -> list[str]:
    """The roles of the staff, in the order of the columns."""
    return [ROLE_LABELS[role] for role in STAFF_ROLES]


def changed_in_words(names: str) -> str:
    """« horaires, lieu de retrait », each once."""
    said = [str(SETTINGS.get(name, ADDRESS)) for name in names.split(",") if name]
    return ", ".join(dict.fromkeys(said))


def concerns_in_words(concerns: Iterable[Concern], *, today: date) -> list[dict[str, str]]:
    """What the campaigns lack, as notices: `tone`, `title`, `text`."""
    return [_concern_in_words(one, today) for one in concerns]


def _concern_in_words(one: Concern, today: date) -> dict[str, str]:
    name, first, last = one.campaign.name, one.campaign.starts_on, one.campaign.ends_on
    if one.lack is Lack.NEXT:
        text = _("Ensuite, les familles ne pourront plus demander d’ordinateur. Préparez la campagne suivante.")
        if last < today:
            text = _("Aujourd’hui, aucune famille ne peut demander d’ordinateur. Préparez la campagne suivante.")
        return {
            "tone": "waiting",
            "text": text,
            "title": _("La campagne %(name)s finit le %(day)s", name=name, day=format_day(last)),
        }
    text = _("Les familles peuvent demander un ordinateur, pas signer. Publiez le texte de la charte.")
    if first > today:
        text = _("Publiez-la avant le %(day)s\u00a0: les familles ne pourraient pas signer.", day=format_day(first))
    return {"tone": "problem", "text": text, "title": _("La campagne %(name)s n’a pas de charte", name=name)}
