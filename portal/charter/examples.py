"""A charter filled with an invented family, so that the region sees what families will see."""

from typing import Final

from portal.charter import rules
from portal.charter.document import CharterDocument, Party
from portal.charter.models import CharterDraft
from portal.charter.queries import Deployment
from portal.charter.text import CharterText
from portal.kernel import clock

STUDENT: Final = "Inès Exemple"
SIGNATORY: Final = "Camille Exemple"
SCHOOL: Final = "Lycée d’exemple"
REFERENCE: Final = "FP-0000-0000"


def values(deployment: Deployment) -> dict[str, str]:
    """A value for every blank; the region and the campaign are the real ones."""
    return {
        "eleve": STUDENT,
        "classe": "2de 4",
        "signataire": SIGNATORY,
        "qualite": "mère, responsable légale",
        "lycee": SCHOOL,
        "chef": "Dominique Exemple",
        "titre_chef": "proviseur",
        "region": f"région {deployment.region.name}",
        "campagne": deployment.campaign.name,
        "materiel": "modèle d’exemple",
        "prix": "350\u00a0€",
        "fin": "31 août 2029",
        "aide": "l’intendance, 06 39 98 00 12, du lundi au vendredi, de 8 h à 17 h",
        "dpo": "dpo@example.org",
    }


def example(draft: CharterDraft, deployment: Deployment) -> CharterDocument:
    """The document that the invented family would sign."""
    blanks = values(deployment)
    return CharterDocument(
        region=f"Région {deployment.region.name}",
        school=SCHOOL,
        title=draft.title,
        campaign=deployment.campaign.name,
        reference=REFERENCE,
        version="exemple",
        issued_on=clock.today(),
        parties=(
            Party("L’élève", STUDENT, (f"Classe de {blanks['classe']}",)),
            Party("La personne qui signe", SIGNATORY, (blanks["qualite"],)),
            Party("Le lycée", SCHOOL, (f"Représenté par {blanks['chef']}, {blanks['titre_chef']}",)),
        ),
        signatory=SIGNATORY,
        equipment=tuple(f"1 {item}" for item in deployment.campaign.kit),
        body=CharterText.parse(draft.source).render(blanks),
        consent=rules.CONSENT,
    )
