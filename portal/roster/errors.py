"""What an import refuses, in words."""

from portal.kernel.errors import DomainError
from portal.kernel.words import later


class RosterOvertaken(DomainError):
    """Somebody else's import came between the comparison and the decision."""

    message = later(
        "Un autre import a été appliqué ou annulé depuis cet aperçu. Rien n’a été modifié. Déposez de nouveau le fichier."
    )


class Undecided(DomainError):
    """A person must first say who is who."""

    message = later("Dites d’abord, pour chaque rapprochement proposé, s’il s’agit de la même personne.")


class NeedsConfirmation(DomainError):
    """Too much would change for a distracted click."""

    message = later("Cet import change beaucoup de choses. Écrivez le code UAI de votre lycée pour l’appliquer.")


class CannotUndo(DomainError):
    """What the import brought has been used or edited since."""

    message = later(
        "Cet import ne peut plus être annulé : des personnes qu’il a ajoutées ont déjà un dossier ou un compte. "
        "Rien n’a été modifié."
    )


class StudentsFirst(DomainError):
    """Guardians of nobody."""

    message = later(
        "Ce fichier ne contient que des responsables, et le lycée n’a encore aucun élève. "
        "Déposez le fichier des élèves en même temps."
    )


class NothingRead(DomainError):
    """A file without anybody: applied, it would make a whole school absent."""

    message = later("Ce fichier ne contient aucun élève ni responsable. Rien n’a été modifié. Refaites l’export.")


class Abandoned(DomainError):
    """Somebody gave the import up while it was read."""

    message = later("Cet import a été abandonné pendant sa lecture. Rien n’a été modifié.")
