"""Why a whole upload is refused."""

from portal.kernel.errors import DomainError


class Refused(DomainError):
    """An upload refused whole, before any of its records is kept; the sentence says why and what to do."""

    message = "Ce fichier ne peut pas être lu. Exportez-le de nouveau, puis déposez-le tel quel."
