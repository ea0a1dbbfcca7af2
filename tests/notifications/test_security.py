"""What the owner of an account is told, by e-mail, with no secret and no name in it."""

import pytest

from portal.credentials import events
from portal.notifications import letters
from portal.notifications.letters import Facts
from portal.platform.outbox import HANDLERS
from portal.team.events import ColleagueInvited, HeadDelegated

TEMPLATES = (
    "security_password", "security_password_removed", "security_factor_added", "security_factor_removed", "security_codes",
    "security_code_used", "security_reset", "role_given", "role_delegated",
    "opposition_recorded",
)  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_letter_says_what_happened_and_where_to_go(app, template):
    letter = letters.letter(template, Facts(link="https://pret.example.org/securite"), lang="fr")
    assert len(letter.subject) <= 60
    assert "https://pret.example.org/securite" in letter.text
    assert "Bonjour" in letter.text


@pytest.mark.parametrize(
    "event",
    [
        events.PasswordChosen, events.PasswordRemoved, events.FactorAdded, events.FactorRemoved,
        events.RecoveryCodesDrawn, events.RecoveryCodeUsed, events.FactorsReset, ColleagueInvited, HeadDelegated,
    ],
)  # fmt: skip
def test_somebody_is_told_of_each(app, event):
    assert HANDLERS[event]
