"""Words of the staff's pages: what was opened, and what was removed."""

from typing import Final

from portal.kernel.words import later
from portal.privacy.services.purging import FILES, RULES

PAGES: Final = {
    "loans.review": later("La demande"),
    "loans.queue": later("La liste des demandes"),
    "loans.preview": later("L’aperçu d’une décision"),
    "loans.ask_reason": later("L’aperçu d’un refus"),
    "loans.decisions": later("La liste des décisions"),
    "loans.decision": later("Une décision groupée"),
    "charter.board": later("La liste des chartes"),
    "charter.print_board": later("La liste des chartes à imprimer"),
    "charter.follow_loan": later("La charte d’un dossier"),
    "charter.attend": later("La signature au guichet"),
    "charter.desk": later("La session au guichet"),
    "charter.paper": later("La charte sur papier"),
    "charter.blank": later("La charte à imprimer"),
    "charter.staff_copy": later("La copie d’une charte signée au lycée"),
    "charter.signatories": later("Qui signe la charte"),
    "charter.oppositions": later("La liste des oppositions"),
    "shipping.bench": later("Le poste de préparation"),
    "shipping.helper": later("Le scan d’un aide"),
    "shipping.pick_list": later("La liste de préparation"),
    "shipping.parcel": later("Le colis"),
    "shipping.photo": later("La photo du colis"),
    "shipping.verify": later("La vérification des colis"),
    "shipping.through_customs": later("Les colis qui passent la douane"),
    "shipping.followed": later("Le suivi des colis"),
    "shipping.leaving": later("Les colis à remettre"),
    "shipping.handover": later("Une remise au transporteur"),
    "shipping.job_file": later("Les feuilles imprimées"),
    "distribution.station": later("Un poste de scan"),
    "distribution.condition": later("L’état du matériel remis"),
    "distribution.photo": later("Une photo du matériel remis"),
    "distribution.conflicts": later("Les scans à trancher"),
    "distribution.show": later("La préparation d’une séance de distribution"),
    "distribution.listed": later("La liste d’une séance de distribution"),
    "distribution.work_file": later("Un document d’une séance de distribution"),
    "distribution.report": later("Le bilan d’une séance de distribution"),
    "distribution.export_report": later("Le bilan d’une séance, en fichier"),
    "roster.show_import": later("Un fichier d’élèves"),
    "roster.export_list": later("La liste d’un fichier d’élèves"),
    "roster.students": later("La liste des élèves"),
    "roster.student": later("La fiche de l’élève"),
    "access.families": later("L’accès des familles"),
    "access.choose": later("Le choix des lettres d’accès"),
    "access.batch_file": later("Les lettres d’accès imprimées"),
    "charter.blanks_file": later("Les chartes à signer, imprimées"),
    "access.to_verify": later("La liste des fiches à vérifier"),
    "access.verify": later("Une fiche à vérifier"),
    "privacy.desk": later("Les demandes sur les données"),
    "privacy.person": later("Les données de l’élève"),
    "privacy.copy": later("Une copie de données"),
    "privacy.paper_file": later("Le fichier d’une copie"),
    "privacy.show_request": later("Une demande sur les données"),
    "privacy.consultations": later("Le journal des consultations"),
}
"""The pages that the access log names; a test asks it of each."""

RULE_WORDS: Final = {**{rule.name: rule.words for rule in RULES}, FILES: "Fichiers que rien ne cite"}
