"""What a charter must hold before a region may publish it: nineteen subjects, a few blanks, the sentence one agrees to.

Titles are the region's own: a subject is recognised by the words of a title, and the refusal says what to write.
"""

from dataclasses import dataclass
from typing import Final

from portal.charter.rules import CONSENT
from portal.charter.text import CharterText, CharterTextError
from portal.kernel.words import later, later_many

SUMMARY_WORDS: Final = 260
"""The summary fits on one page in large type up to so many words."""

PARTS_WORDS: Final = (
    (later("les personnes qui s’engagent"), "Qui s’engage", ("engage-", "parties")),
    (later("ce qui est prêté"), "Ce qui vous est prêté", ("est-prete", "materiel", "objet")),
    (later("le propriétaire"), "À qui appartient l’ordinateur", ("appartient", "propri")),
    (later("la durée du prêt"), "Combien de temps dure le prêt", ("dure",)),
    (later("la remise"), "Comment vous recevez l’ordinateur", ("recevez", "remise")),
    (later("ce que l’élève promet"), "Ce que l’élève promet", ("eleve-promet", "engagements-de-l-eleve")),
    (later("ce que la famille promet"), "Ce que la famille promet", ("famille-promet", "engagements-de-la-famille")),
    (
        later("ce que le lycée promet"),
        "Ce que le lycée et la région promettent",
        ("lycee-promet", "promettent", "engagements-du-lycee"),
    ),
    (later("la vie privée"), "Votre vie privée et vos fichiers", ("vie-privee", "securite")),
    (later("la panne"), "En cas de panne", ("panne",)),
    (later("la casse"), "En cas de casse", ("casse",)),
    (later("la perte et le vol"), "En cas de perte ou de vol", ("vol",)),
    (later("l’assurance"), "L’assurance", ("assurance",)),
    (later("le retour du matériel"), "Rendre l’ordinateur", ("rendre", "restitution", "retour")),
    (later("la fin des études"), "À la fin des études", ("fin-des-etudes", "fin-de-la-scolarite")),
    (later("le changement de lycée"), "Si l’élève change de lycée", ("change-de-lycee", "changement")),
    (later("les données personnelles"), "Vos données personnelles", ("donnees",)),
    (later("les désaccords"), "En cas de désaccord", ("desaccord", "litige")),
    (later("l’accord"), "Votre accord", ("votre-accord", "acceptation", "signature")),
)
"""The nineteen subjects: in words, a title that names it, and how a title shows that it is there."""

NEEDED: Final = ("eleve", "signataire", "lycee", "materiel", "aide")
"""Blanks without which nobody knows what is signed, by whom, for whom."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to put right before publishing: in which field, and the sentence that says what to do."""

    field: str
    sentence: str


def faults(*, source: str, summary: str) -> list[Fault]:
    """Everything to put right, at once; empty when the text may be published."""
    return [*_source_faults(source), *_summary_faults(summary)]


def translation_faults(*, source: str, summary: str, french: CharterText) -> list[Fault]:
    """The same for a courtesy translation: it has the parts of the French text, in the same order, beside it."""
    found = [fault for field, text in (("source", source), ("summary", summary)) for fault in _unreadable(field, text)]
    if found:
        return found
    mine, theirs = len(CharterText.parse(source).sections), len(french.sections)
    if mine != theirs:
        sentence = later(
            "La traduction compte %(mine)d parties, le texte français %(theirs)d. Gardez les mêmes, dans le même ordre.",
            mine=mine,
            theirs=theirs,
        )
        found.append(Fault("source", sentence))
    return found


def _unreadable(field: str, text: str) -> list[Fault]:
    try:
        CharterText.parse(text)
    except CharterTextError as error:
        said = str(error).replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        return [Fault(field, said)]
    return []


def _source_faults(source: str) -> list[Fault]:
    if unreadable := _unreadable("source", source):
        return unreadable
    text = CharterText.parse(source)
    sentences = [*_missing_parts(text), *_empty_parts(text), *_missing_blanks(text), *_missing_consent(source)]
    return [Fault("source", sentence) for sentence in sentences]


def _missing_parts(text: CharterText) -> list[str]:
    titles = [f"-{part.id}-" for part in text.sections]
    return [
        later(
            "Il manque la partie sur %(subject)s. Ajoutez une ligne «\u00a0## %(title)s\u00a0», puis son texte.",
            subject=subject,
            title=title,
        )
        for subject, title, words in PARTS_WORDS
        if not any(f"-{word}" in one for one in titles for word in words)
    ]


def _empty_parts(text: CharterText) -> list[str]:
    return [
        later("La partie «\u00a0%(title)s\u00a0» est vide. Écrivez son texte.", title=title) for title in text.empty
    ]


def _missing_blanks(text: CharterText) -> list[str]:
    return [
        later("La variable {{%(name)s}} n’est nulle part. Placez-la dans le texte.", name=name)
        for name in NEEDED
        if name not in text.variables
    ]


def _missing_consent(source: str) -> list[str]:
    """The sentence, word for word; a line end or a straight apostrophe does not count."""
    written = " ".join(source.replace("'", "’").split())
    if CONSENT in written:
        return []
    return [
        later(
            "Il manque la phrase d’accord. Recopiez-la dans la dernière partie\u00a0: «\u00a0%(consent)s\u00a0»",
            consent=CONSENT,
        )
    ]


def _summary_faults(summary: str) -> list[Fault]:
    if unreadable := _unreadable("summary", summary):
        return unreadable
    if (words := len(summary.split())) > SUMMARY_WORDS:
        sentence = later_many(
            "Le résumé a un mot de trop pour tenir sur une page.",
            "Le résumé a %(num)d mots de trop pour tenir sur une page.",
            words - SUMMARY_WORDS,
        )
        return [Fault("summary", sentence)]
    return []
