"""Use-cases of access: letters, the door, who is whom, and what a lycée decides.

For other features: `propose(...)` (a claim to be somebody of a lycée's file), `link_school(school_id)` (open the accounts
that an import allows), and the events `PersonLinked` and `DoubtDecided`.
"""

from portal.access.services import contacts, departures, door, doubts, letters
from portal.access.services.linking import Linked, Proof, Proposal, link_school, propose

__all__ = [
    "Linked",
    "Proof",
    "Proposal",
    "contacts",
    "departures",
    "door",
    "doubts",
    "letters",
    "link_school",
    "propose",
]
