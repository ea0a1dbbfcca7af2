"""The five tasks of a request, and the one word that says where a loan stands. Built from plain values (`Story`)."""

from dataclasses import dataclass

from portal.loans.states import Arrival, CharterGate, Delivery, LoanState
from portal.loans.story import Story
from portal.loans.thread import before
from portal.platform.i18n import format_short_day
from portal.platform.i18n import gettext as _

_S = LoanState


@dataclass(frozen=True, slots=True)
class Word:
    """A state in one word of the family's, and its tone: neutral, info, waiting, done or problem."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list; `href` only when there is something to do or to read behind it."""

    title: str
    status: str
    tone: str
    hint: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where the tasks lead: the request (or the draft), the charter, the timeline."""

    request: str | None = None
    charter: str | None = None
    show: str | None = None


def draft_word() -> Word:
    return Word(_("Brouillon"), "neutral")


def sent_word() -> Word:
    return Word(_("Envoyée"), "info")


def to_sign_word() -> Word:
    return Word(_("À signer"), "waiting")


def granted_word() -> Word:
    return Word(_("Validée"), "done")


def on_its_way_word() -> Word:
    return Word(_("En route"), "info")


def handed_over_word() -> Word:
    return Word(_("Remis"), "done")


def problem_word() -> Word:
    return Word(_("Problème"), "problem")


def not_yet_word() -> Word:
    return Word(_("Pas encore possible"), "neutral")


def under_way_word() -> Word:
    return Word(_("En cours"), "info")


def to_collect_word() -> Word:
    return Word(_("À retirer"), "waiting")


def carried_word(story: Story) -> Word:
    """Of a parcel that has left."""
    match story.arrival:
        case Arrival.DELIVERED:
            return Word(_("À confirmer"), "waiting")
        case Arrival.AT_PICKUP_POINT:
            return to_collect_word()
        case None:
            return on_its_way_word()


def lent_word(story: Story) -> Word:
    """Of a device in the family's hands: one that is lent for a while only waits for them."""
    if story.due_on is None:
        return handed_over_word()
    return Word(_("À rendre"), "problem" if story.due_on < story.today else "waiting")


def word(story: Story) -> Word:
    """Where the loan stands, in one word."""
    ends = {
        _S.DRAFT: draft_word,
        _S.REFUSED: lambda: Word(_("Refusée"), "problem"),
        _S.WITHDRAWN: lambda: Word(_("Retirée"), "neutral"),
        _S.CLOSED: lambda: Word(_("Rendu"), "neutral"),
        _S.WRITTEN_OFF: problem_word,
        _S.LENT: lambda: lent_word(story),
        _S.KEPT: handed_over_word,
        _S.IN_TRANSIT: lambda: carried_word(story),
        _S.AWAITING_PICKUP: to_collect_word,
    }
    if story.state in ends:
        return ends[story.state]()
    if story.charter in {CharterGate.DECLINED, CharterGate.OPPOSED}:
        return problem_word()
    if story.state is _S.RETURNING:
        return on_its_way_word() if story.received_at else problem_word()
    if story.charter is CharterGate.TO_SIGN:
        return under_way_word() if story.signed else to_sign_word()
    return granted_word() if story.granted else sent_word()


def tasks(story: Story, links: Links) -> list[Task]:
    """Request, charter, answer, preparation, handing over."""
    return [
        _request(story, links),
        _charter(story, links),
        _answer(story),
        _preparation(story),
        _handover(story, links),
    ]


def _task(title: str, word: Word, hint: str = "", href: str | None = None) -> Task:
    return Task(title, word.label, word.tone, hint, href)


def _request(story: Story, links: Links) -> Task:
    title = _("Demande")
    if story.state is _S.DRAFT:
        return _task(title, draft_word(), "" if links.request else _("Commencée par une autre personne"), links.request)
    sent = Word(sent_word().label, "done")
    return _task(title, sent, _("le %(day)s", day=format_short_day(story.submitted_at)), links.show)


def _charter(story: Story, links: Links) -> Task:
    title = _("Charte")
    if story.state is _S.DRAFT:
        return _task(title, not_yet_word())
    match story.charter:
        case CharterGate.SIGNED:
            return _task(title, granted_word(), _("Signée le %(day)s", day=format_short_day(story.charter_signed_at)))
        case CharterGate.TO_SIGN:
            return _to_sign(title, story, links)
        case CharterGate.OPPOSED:
            return _task(title, problem_word(), _("Le lycée vous contacte"), links.show)
        case CharterGate.DECLINED:
            return _task(title, problem_word(), _("La signature a été refusée"), links.show)


def _to_sign(title: str, story: Story, links: Links) -> Task:
    if story.signs:
        return _task(title, to_sign_word(), before(story.sign_by, story), links.charter)
    if story.signed:
        return _task(title, under_way_word(), _("Vous avez signé. Il manque une signature."), links.show)
    return _task(title, to_sign_word(), _("Par un responsable légal"))


def _answer(story: Story) -> Task:
    title = _("Validation du lycée")
    if story.granted:
        return _task(title, granted_word(), _("le %(day)s", day=format_short_day(story.decided_at)))
    if story.state is _S.WAITLISTED:
        return _task(title, sent_word(), _("Sur la liste d’attente"))
    if story.state is _S.SUBMITTED:
        return _task(title, sent_word(), before(story.answer_by, story))
    return _task(title, not_yet_word())


def _preparation(story: Story) -> Task:
    title = _("Préparation")
    if story.prepared_at is not None:
        return _task(title, granted_word(), _("le %(day)s", day=format_short_day(story.prepared_at)))
    if not story.granted:
        return _task(title, not_yet_word())
    if story.charter is not CharterGate.SIGNED:
        return _task(title, not_yet_word(), _("La charte doit être signée"))
    return _task(title, under_way_word(), before(story.prepare_by, story))


def _handover(story: Story, links: Links) -> Task:
    title = _("Remise")
    if story.state is _S.IN_TRANSIT:
        return _task(title, carried_word(story), _("Suivre le colis"), links.show)
    if story.state is _S.AWAITING_PICKUP:
        return _task(title, to_collect_word(), before(story.pick_up_by, story), links.show)
    if story.state is _S.RETURNING:
        sign = on_its_way_word() if story.received_at else problem_word()
        return _task(title, sign, _("Retour au lycée"), links.show)
    if story.state is _S.LENT and story.due_on:
        return _task(_("À rendre au lycée"), lent_word(story), before(story.due_on, story), links.show)
    if story.received_at is not None:
        return _task(title, handed_over_word(), _("le %(day)s", day=format_short_day(story.received_at)), links.show)
    place = {Delivery.HOME: _("Chez vous, par La Poste"), Delivery.SCHOOL: _("Au lycée")}
    return _task(title, not_yet_word(), place[story.delivery] if story.delivery else "")
