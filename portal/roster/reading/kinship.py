"""Who a guardian is to a student, and whether they are a legal one, as SIECLE codes it and as schools write it."""

from functools import lru_cache
from typing import Final

from portal.kernel.values.folding import fold
from portal.roster.reading.remarks import Remarks

SERVICE: Final = "51"
"""The aide sociale à l'enfance: a service, which has no given name."""

OWN_GUARDIAN: Final = "70"
"""An adult student, who signs as the student and never as their own guardian."""

OTHER: Final = "autre"

KINSHIPS: Final = {
    "10": "mère",
    "20": "père",
    "37": "frère ou sœur",
    "38": "grand-parent",
    "39": "autre membre de la famille",
    "41": "éducateur ou éducatrice",
    "42": "assistant familial",
    "50": "tuteur ou tutrice",
    SERVICE: "aide sociale à l’enfance",
    OWN_GUARDIAN: "élève lui-même",
    "90": OTHER,
}
"""CODE_PARENTE of SIECLE (tbelliard/gepi, `lib/global.inc.php`)."""

_UNSAID = "responsable"
_LONGEST = 40
_WRITTEN = {
    "MERE": "10", "MAMAN": "10", "LA MERE": "10", "PERE": "20", "PAPA": "20", "LE PERE": "20", "FRERE": "37",
    "SOEUR": "37", "FRATRIE": "37", "ASCENDANT": "38", "GRAND PERE": "38", "GRAND MERE": "38", "GRAND PARENT": "38",
    "EDUCATEUR": "41", "EDUCATRICE": "41", "ASSISTANT FAMILIAL": "42", "ASSISTANTE FAMILIALE": "42", "TUTEUR": "50",
    "TUTRICE": "50", "TUTEUR LEGAL": "50", "ASE": "51", "AIDE SOCIALE A L ENFANCE": "51", "ELEVE": "70",
    "ELEVE LUI MEME": "70", "LUI MEME": "70", "ELLE MEME": "70", "AUTRE": "90",
}  # fmt: skip
_YES = frozenset({"OUI", "O", "X", "1", "VRAI", "TRUE", "LEGAL", "RESPONSABLE LEGAL", "REPRESENTANT LEGAL", "TUTEUR"})
_NO = frozenset({"NON", "N", "0", "3", "FAUX", "FALSE", "CONTACT", "PERSONNE A CONTACTER", "EN CHARGE"})


def by_code(code: str, remarks: Remarks) -> str:
    """The French word for a CODE_PARENTE."""
    if code and code not in KINSHIPS:
        remarks.warn("Lien de parenté", code, f"Ce code de lien est inconnu. Nous écrivons «\u00a0{OTHER}\u00a0».")
    return KINSHIPS.get(code, OTHER)


@lru_cache(maxsize=1024)
def as_written(text: str) -> str:
    """The French word for what a school wrote in its table; unknown words are kept as they are."""
    folded = fold(text)
    if code := _WRITTEN.get(folded, folded if folded in KINSHIPS else ""):
        return KINSHIPS[code]
    return " ".join(text.split()).lower()[:_LONGEST] or _UNSAID


def may_sign_as_written(text: str, remarks: Remarks) -> bool | None:
    """Whether a guardian is a legal one; None where the table does not say. « 2 » means both yes and no in SIECLE."""
    folded = fold(text)
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    if folded:
        remarks.warn(
            "Responsable légal", text, "Le tableau ne dit pas clairement si cette personne peut signer. Précisez-le."
        )
    return None
