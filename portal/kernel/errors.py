"""Errors that a rule raises and a person reads."""

from portal.kernel.words import later


class DomainError(Exception):
    """A refusal with a reason fit for the screen; never a bug.

    `message` is a full French sentence that says what happened and what to do.
    """

    message: str = later("Cette action n’est pas possible pour le moment.")

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        if message is not None:
            self.message = message

    def __str__(self) -> str:
        return self.message


class IllegalTransition(DomainError):
    """The thing is no longer in a state from which this can be done."""

    def __init__(self, title: str, name: str, state: str) -> None:
        super().__init__(
            later(
                "%(title)s : cette action a déjà été faite, ou n’est plus possible. Rechargez la page pour voir l’état actuel.",
                title=title,
            )
        )
        self.title, self.name, self.state = title, name, state
