"""The refusals of Colissimo's shipping service: what each code means, and who must act.

Source: reference of the codes in the CDI plugin's help, cross-checked with Colissimo's own modules (messages[].id).
"""

from typing import Final

from portal.kernel.words import later
from portal.shipping.carriers.base import Refused, Who

_LOGIN = later("La Poste refuse la clé ou le mot de passe du contrat. Corrigez-le dans la page des contrats.")
_RIGHTS = later("Le contrat Colissimo ne permet pas cet envoi. Appelez votre conseiller La Poste.")
_NUMBERS = later("Le contrat Colissimo n’a plus de numéros libres. Appelez votre conseiller La Poste.")
_COMMERCIAL = later("Le nom de l’expéditeur manque dans le contrat. Complétez la page des contrats.")
_SENDER = later("L’adresse du lycée est refusée par La Poste. Corrigez-la dans Établissement.")
_FROM = later("Ce produit ne part pas de ce lycée. Confiez ce colis au bureau de poste.")
_NAME = later("Le nom du destinataire est incomplet. Demandez-le à la famille, puis corrigez l’adresse.")
_STREET = later("La rue du destinataire manque. Demandez-la à la famille, puis corrigez l’adresse.")
_TOWN = later("La commune ou le pays du destinataire est refusé. Corrigez l’adresse avec la famille.")
_POSTCODE = later("Le code postal du destinataire est refusé. Vérifiez-le avec la famille.")
_FAR = later("Ce colis passe la douane : La Poste le prend au guichet. Voyez « Colis qui passent la douane ».")
_CONTACT = later("Le portable ou l’e‑mail du destinataire est refusé. Vérifiez-le avec la famille.")
_WEIGHT = later("Le poids du colis est refusé. Pesez-le à nouveau, puis corrigez-le.")
_INSURANCE = later("L’assurance demandée est refusée pour cet envoi. Choisissez la remise contre signature.")
_SIGN = later("Un signe de l’adresse est refusé par La Poste. Écrivez-la en lettres simples.")
_DATE = later("La date de dépôt est passée. Demandez l’étiquette à nouveau.")
_BUSY = later("Le service de La Poste est arrêté pour le moment. Demandez l’étiquette plus tard.")
_OURS = later("La Poste n’a pas compris notre demande. Prévenez l’assistance avec le code affiché.")
_UNKNOWN = later("La Poste refuse cette étiquette. Prévenez l’assistance avec le code affiché.")

_TABLE: Final[tuple[tuple[tuple[int, ...], Who, str], ...]] = (
    ((30000,), Who.REGION, _LOGIN),
    ((30002,), Who.LATER, _DATE),
    ((30007, 30008, 30009), Who.REGION, _RIGHTS),
    ((30010, 30014, 30015, 30025, 30026, 30090, 30303), Who.US, _OURS),
    ((30018, 30020), Who.REGION, _COMMERCIAL),
    ((30043, 30065, 30100, *range(30102, 30109)), Who.SCHOOL, _SENDER),
    ((30109,), Who.SCHOOL, _FROM),
    ((30200, 30202), Who.FAMILY, _NAME),
    ((30204,), Who.FAMILY, _STREET),
    ((30206, 30207, 30208), Who.FAMILY, _TOWN),
    ((30210, 30211, 30212), Who.FAMILY, _POSTCODE),
    ((30213,), Who.SCHOOL, _FAR),
    ((30220, 30221, 30222, 30223), Who.FAMILY, _CONTACT),
    ((30300, 30301), Who.PACKING, _WEIGHT),
    ((30309,), Who.PACKING, _INSURANCE),
    ((30312, 30316, 30317, 30318), Who.REGION, _RIGHTS),
    ((30400, 30401, 30402, 30403, *range(30800, 30821)), Who.US, _OURS),
    ((*range(30500, 30524), 30540), Who.SCHOOL, _FAR),
    ((30600,), Who.FAMILY, _SIGN),
    ((30700, 30701, 30702, 30703, 40014), Who.REGION, _NUMBERS),
    ((40015,), Who.LATER, _BUSY),
)
REFUSALS: Final = {str(code): (who, sentence) for codes, who, sentence in _TABLE for code in codes}
FORBIDDEN: Final = Refused(code="403", field="", sentence=_LOGIN, who=Who.REGION)


def refusal(code: str, *, field: str = "") -> Refused:
    """A code in words; one that we do not know stops nothing else, and is shown with its number."""
    who, sentence = REFUSALS.get(code, (Who.US, _UNKNOWN))
    return Refused(code=code[:20], field=field[:60], sentence=sentence, who=who)
