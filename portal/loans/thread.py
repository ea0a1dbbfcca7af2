"""The one timeline of a loan: what happened, what comes, who must act and by when; for its family or for the lycée.

Built from plain values (`Story`). A sentence never exceeds fifteen words.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from portal.loans.states import Arrival, CharterGate, Delivery, LoanState
from portal.loans.story import Story
from portal.platform.i18n import format_day
from portal.platform.i18n import gettext as _

_S = LoanState
PACKED = (_S.PREPARING, _S.AWAITING_PICKUP)
ON_THE_WAY = (_S.IN_TRANSIT, _S.AWAITING_PICKUP)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline; `state` is done, current, future or problem."""

    title: str
    state: str
    text: str = ""
    when: str = ""
    who: str = ""
    by: str = ""


def steps(story: Story) -> list[Step]:
    """The timeline, from the request to the end, with at most one step that is current."""
    if story.state is _S.WITHDRAWN:
        return [*_asked(story), _step(_("Demande retirée"), "done", when=story.ended_at)]
    if story.state is _S.REFUSED:
        return [*_asked(story), _refusal(story)]
    parts: list[Callable[[Story], Iterator[Step]]] = [_asked, _charter, _answer, _preparation, _delivery, _hands, _end]
    found = [step for part in parts for step in part(story)]
    first = next((rank for rank, step in enumerate(found) if step.state in {"current", "problem"}), len(found))
    return [_waiting(step) if rank > first and step.state == "current" else step for rank, step in enumerate(found)]


def _step(
    title: str, state: str, text: str = "", *, when: datetime | date | None = None, who: str = "", by: str = ""
) -> Step:
    return Step(title, state, text, format_day(when), who, by)


def _waiting(step: Step) -> Step:
    """Two may have to act at once; only the first step is the current one, the other keeps its name and date."""
    return Step(step.title, "future", step.text, step.when, step.who, step.by)


def before(day: date | None, story: Story) -> str:
    """« avant le … », or that the day is past."""
    if day is None:
        return ""
    if day < story.today:
        return _("attendu depuis le %(day)s", day=format_day(day))
    return _("au plus tard le %(day)s", day=format_day(day))


def _school() -> str:
    return _("Le lycée")


def _you(story: Story) -> str:
    return _("La famille") if story.to_staff else _("C’est à vous")


def _told(story: Story, *, family: str, staff: str) -> str:
    """The same fact, to whoever reads it."""
    return staff if story.to_staff else family


def _asked(story: Story) -> Iterator[Step]:
    if story.submitted_at is not None:
        yield _step(
            _("Demande envoyée"),
            "done",
            _told(story, family=_("Le lycée l’a bien reçue."), staff=""),
            when=story.submitted_at,
        )


def _charter(story: Story) -> Iterator[Step]:
    title = _("Charte à signer")
    match story.charter:
        case CharterGate.SIGNED:
            yield _step(_("Charte signée"), "done", when=story.charter_signed_at)
        case CharterGate.DECLINED:
            text = _told(
                story,
                family=_(
                    "Une signature a été refusée. Sans charte signée, l’ordinateur reste au lycée. Un doute ? Appelez le lycée."
                ),
                staff=_("Une signature a été refusée. Sans charte signée, l’ordinateur reste au lycée."),
            )
            yield _step(_("Charte refusée"), "problem", text)
        case CharterGate.OPPOSED:
            text = _told(
                story,
                family=_("Un responsable légal a signalé un désaccord. Le lycée vous contacte avant de continuer."),
                staff=_("Un responsable légal a signalé un désaccord. Contactez la famille avant de décider."),
            )
            yield _step(_("Désaccord signalé au lycée"), "problem", text, who=_school())
        case CharterGate.TO_SIGN if story.signs:
            text = _("Lisez la charte, puis signez-la ici. L’ordinateur ne peut pas sortir sans elle.")
            yield _step(title, "current", text, who=_you(story), by=before(story.sign_by, story))
        case CharterGate.TO_SIGN if story.signed:
            text = _("Vous avez signé. L’autre responsable légal doit signer aussi. Nous le prévenons.")
            yield _step(title, "current", text, who=_("L’autre responsable légal"), by=before(story.sign_by, story))
        case CharterGate.TO_SIGN:
            text = _told(
                story,
                family=_("Un responsable légal doit la signer. Nous le prévenons."),
                staff=_("Un responsable légal, ou l’élève majeur, doit la signer."),
            )
            who = _told(story, family=_("Un responsable légal"), staff=_("La famille"))
            yield _step(title, "current", text, who=who, by=before(story.sign_by, story))


def _answer(story: Story) -> Iterator[Step]:
    if story.granted:
        yield _step(_("Demande validée par le lycée"), "done", when=story.decided_at)
    elif story.state is _S.WAITLISTED:
        text = _told(
            story,
            family=_(
                "Aucun ordinateur n’est libre aujourd’hui. Votre demande garde sa place dans la liste. "
                "Dès qu’un ordinateur se libère, nous vous écrivons. Vous n’avez rien à faire."
            ),
            staff=_("Aucun ordinateur n’était libre. La demande garde sa place dans la liste."),
        )
        yield _step(_("Sur la liste d’attente"), "current", text, when=story.decided_at, who=_school())
    else:
        text = _told(story, family=_("Le lycée lit votre demande et vérifie son stock."), staff="")
        yield _step(_("Réponse du lycée"), "current", text, who=_school(), by=before(story.answer_by, story))


def _refusal(story: Story) -> Step:
    reason = _sentence(story.reason or "")
    text = _told(
        story,
        family=_(
            "Le lycée explique : « %(reason)s » Vous pouvez l’appeler pour en parler, ou demander de nouveau plus tard.",
            reason=reason,
        ),
        staff=_("Motif donné à la famille : « %(reason)s »", reason=reason),
    )
    title = _told(story, family=_("Le lycée n’a pas pu accepter cette demande"), staff=_("Demande refusée"))
    return _step(title, "problem", text, when=story.decided_at)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _preparation(story: Story) -> Iterator[Step]:
    if story.prepared_at is not None:
        yield _step(_("Ordinateur préparé"), "done", when=story.prepared_at)
    elif story.granted and story.charter is CharterGate.SIGNED:
        text = _("Le lycée choisit un ordinateur, le vérifie et l’emballe.")
        yield _step(
            _("Préparation de l’ordinateur"), "current", text, who=_school(), by=before(story.prepare_by, story)
        )
    else:
        yield _step(_("Préparation de l’ordinateur"), "future")


def _delivery(story: Story) -> Iterator[Step]:
    if story.delivery is Delivery.SCHOOL:
        yield from _pickup(story)
    elif story.state is _S.RETURNING and story.received_at is None:
        text = _told(
            story,
            family=_("La Poste rapporte le colis au lycée. Le lycée vous appelle pour organiser la suite."),
            staff=_("La Poste rapporte le colis. Appelez la famille pour organiser la suite."),
        )
        yield _step(_("Colis de retour au lycée"), "problem", text, who=_school())
    elif story.state is _S.IN_TRANSIT:
        yield _parcel(story)
    elif story.sent_at is not None:
        yield _step(_("Colis envoyé"), "done", when=story.sent_at)
    elif story.state is _S.PREPARING:
        text = _("Le colis est prêt. Le lycée le confie à La Poste.")
        yield _step(_("Départ du colis"), "current", text, who=_school(), by=before(story.send_by, story))
    else:
        yield _step(_told(story, family=_("Livraison chez vous"), staff=_("Livraison à domicile")), "future")


def _parcel(story: Story) -> Step:
    """The carrier has it, or says that the family may have it."""
    match story.arrival:
        case Arrival.DELIVERED:
            title = _("Colis livré")
            text = _told(
                story,
                family=_("La Poste dit que le colis est livré. Ouvrez-le, puis confirmez-le sur cette page."),
                staff=_("La Poste dit que le colis est livré. La famille ne l’a pas encore confirmé."),
            )
        case Arrival.AT_PICKUP_POINT:
            title = _("Colis à retirer")
            text = _told(
                story,
                family=_("Le colis vous attend dans un point de retrait. L’adresse est sur la page du colis."),
                staff=_("Le colis attend la famille dans un point de retrait."),
            )
        case None:
            text = _told(
                story,
                family=_("La Poste a pris le colis. Quand il arrive, confirmez-le sur cette page."),
                staff=_("La Poste a pris le colis. La famille confirme qu’il est arrivé."),
            )
            late = before(story.arrive_by, story)
            return _step(_("Colis en route"), "current", text, when=story.sent_at, who=_("La Poste"), by=late)
    return _step(title, "current", text, when=story.sent_at, who=_you(story))


def _pickup(story: Story) -> Iterator[Step]:
    if story.received_at is not None:
        return
    if story.state is _S.AWAITING_PICKUP:
        text = _told(
            story,
            family=_(
                "Il vous attend ici : %(place)s. L’élève ou un responsable légal vient avec une pièce d’identité.",
                place=story.pickup_place,
            ),
            staff=_("La famille est prévenue. Demandez une pièce d’identité au retrait."),
        )
        yield _step(_("À retirer au lycée"), "current", text, who=_you(story), by=before(story.pick_up_by, story))
    elif story.state is _S.PREPARING:
        text = _told(
            story,
            family=_("L’ordinateur est prêt. Le lycée vous écrit dès que vous pouvez venir."),
            staff=_("L’ordinateur est prêt. La famille n’est pas encore prévenue."),
        )
        yield _step(_("Retrait au lycée"), "current", text, who=_school(), by=before(story.send_by, story))
    else:
        yield _step(_("Retrait au lycée"), "future", story.pickup_place)


def _hands(story: Story) -> Iterator[Step]:
    title = _told(story, family=_("Ordinateur entre vos mains"), staff=_("Ordinateur chez la famille"))
    if story.received_at is not None:
        care = _("Bon travail avec lui ! Une panne, une casse, un vol ? Prévenez le lycée.")
        text = _told(story, family=care, staff="") if story.state is _S.LENT else ""
        yield _step(title, "done", text, when=story.received_at)
    elif story.state in {_S.CLOSED, _S.WRITTEN_OFF, _S.RETURNING}:
        return
    else:
        yield _step(title, "future")


def _end(story: Story) -> Iterator[Step]:
    match story.state:
        case _S.RETURNING if story.received_at is not None:
            text = _("Le lycée contrôle l’ordinateur et les accessoires.")
            yield _step(_("Retour au lycée"), "current", text, who=_school())
        case _S.CLOSED:
            yield _step(
                _("Ordinateur rendu"), "done", _("Le lycée a tout reçu. Le prêt est terminé."), when=story.ended_at
            )
        case _S.KEPT:
            text = _told(
                story,
                family=_("La région vous le laisse, gratuitement. Il est à vous."),
                staff=_("La région le laisse à l’élève, gratuitement."),
            )
            yield _step(_("Ordinateur gardé"), "done", text, when=story.ended_at)
        case _S.WRITTEN_OFF:
            text = _told(
                story,
                family=_("L’ordinateur a été déclaré perdu, volé ou hors d’usage. Le lycée vous dit la suite."),
                staff=_("L’ordinateur a été déclaré perdu, volé ou hors d’usage."),
            )
            yield _step(_("Prêt arrêté"), "problem", text, when=story.ended_at, who=_school())
        case _S.LENT if story.due_on:
            yield _give_back(story, story.due_on)
        case _S.LENT:
            text = _told(
                story,
                family=_("Le lycée vous écrit avant cette date : prêt prolongé, ou retour."),
                staff=_("Avant cette date, décidez : prêt prolongé, ou retour."),
            )
            yield _step(_("Fin de la campagne de prêt"), "future", text, when=story.ends_on)
        case _:
            return


def _give_back(story: Story, due_on: date) -> Step:
    """A device of the emergency pool is lent for a while."""
    text = _told(
        story,
        family=_("Rapportez l’ordinateur et ses accessoires au lycée. Un empêchement ? Appelez le lycée."),
        staff=_("Prêt du fonds d’urgence. La famille reçoit des rappels avant et après ce jour."),
    )
    state = "problem" if due_on < story.today else "current"
    return _step(_("À rendre au lycée"), state, text, who=_you(story), by=before(due_on, story))
