"""Shapes and words of the stock's forms."""

from collections.abc import Sequence
from typing import Self

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import Optional

from portal.kernel.words import later, later_many
from portal.platform.forms import AtMost, Count, Day, Form, Required, SelectChoice, stop, trimmed
from portal.schools.emergency import EmergencyRules
from portal.schools.profile import ModelOffer
from portal.stock.kits import LONGEST_PIECE, MOST_PIECES, lines, pieces
from portal.stock.label_formats import FORMATS
from portal.stock.models import DeviceModel
from portal.stock.services import Travel
from portal.stock.states import DeviceKind, Pool
from portal.stock.wording import KINDS, POOLS
from portal.stock.wording_condition import CONDITIONS


class LotForm(Form):
    """A supplier's file, and what one says of it."""

    fournisseur = StringField(
        later("Fournisseur"), filters=[trimmed], validators=[Required(later("Indiquez le fournisseur.")), AtMost(80)]
    )
    attendu = Day(later("Livraison attendue le"), validators=[Optional()])
    fichier = Field(later("Fichier du fournisseur"))

    def file(self) -> FileStorage | None:
        """What was chosen; an empty field sends a file without a name."""
        found = request.files.get("fichier")
        if found is None or not found.filename:
            self.refuse("fichier", later("Choisissez le fichier du fournisseur."))
            return None
        return found


class CodeForm(Form):
    """What a scanner types."""

    code = StringField(later("Scannez"), filters=[trimmed])


class LookForm(Form):
    """How a device looks, as whoever has it in hand sees it."""

    etat = RadioField(
        later("Comment est l’appareil ?"),
        choices=[SelectChoice(one, words) for one, words in CONDITIONS.items()],
        validators=[Required(later("Dites dans quel état est l’appareil."))],
    )


class LabelsForm(Form):
    """On which paper labels are printed, and where a sheet was begun."""

    format = RadioField(
        later("Papier"), choices={name: paper.words for name, paper in FORMATS.items()}, default=next(iter(FORMATS))
    )
    depart = Count(later("Première case libre"), default=1)

    def validate_depart(self, field: Count) -> None:
        """A cell that the sheet has."""
        cells = FORMATS[self.format.data].cells if self.format.data in FORMATS else 1
        if field.data is None or not 1 <= field.data <= cells:
            raise stop(
                later_many(
                    "Ce papier a %(num)d case.", "Ce papier a %(num)d cases : écrivez un nombre de 1 à %(num)d.", cells
                )
            )


MOST_IN_A_VAN = 500


class InRange:
    """A number between two bounds; the sentence says which."""

    def __init__(self, sentence: str, least: int, most: int) -> None:
        self.sentence, self.least, self.most = sentence, least, most

    def __call__(self, _form: Form, field: Count) -> None:
        """What is no number is none of them either."""
        if field.data is None or not self.least <= field.data <= self.most:
            raise stop(self.sentence)


IN_A_VAN = InRange(later("Écrivez un nombre entre 1 et %(most)d.", most=MOST_IN_A_VAN), 1, MOST_IN_A_VAN)


class TransferForm(Form):
    """Devices between the school and another."""

    sens = RadioField(
        later("Que voulez-vous faire ?"),
        choices={"demander": later("Demander du matériel"), "envoyer": later("Envoyer du matériel")},
        default="demander",
    )
    lycee = SelectField(later("L’autre lycée"), coerce=int, validate_choice=True)
    genre = RadioField(
        later("Matériel"), choices={kind.value: words for kind, words in KINDS.items()}, default="laptop"
    )
    nombre = Count(later("Combien d’appareils ?"), default=1, validators=[IN_A_VAN])
    dotation = RadioField(
        later("À l’arrivée"), choices={pool.value: words for pool, words in POOLS.items()}, default="allotment"
    )

    def offering(self, others: Sequence[tuple[int, str, str]]) -> Self:
        """The same, with the schools that one can choose."""
        self.lycee.choices = {str(number): f"{name}, {city}" if city else name for number, name, city in others}
        return self

    def travel(self, *, here: int) -> Travel:
        """As the use-case wants it."""
        away = self.sens.data == "envoyer"
        return Travel(
            sender_id=here if away else self.lycee.data,
            receiver_id=self.lycee.data if away else here,
            kind=DeviceKind(self.genre.data),
            pool=Pool(self.dotation.data),
            wanted=self.nombre.data or 1,
        )


class ReasonForm(Form):
    """Why something is refused; the other school, or the region, reads it."""

    motif = StringField(
        later("Motif du refus"), filters=[trimmed], validators=[Required(later("Indiquez le motif.")), AtMost(300)]
    )


class StocktakeForm(Form):
    """Which shelves are counted."""

    emplacement = StringField(later("Emplacement"), filters=[trimmed], validators=[AtMost(20)])


class RequestForm(Form):
    """What a school asks of the region for its emergency pool."""

    genre = RadioField(
        later("Matériel"), choices={kind.value: words for kind, words in KINDS.items()}, default=DeviceKind.LAPTOP.value
    )
    nombre = Count(later("Combien d’appareils ?"), default=1, validators=[IN_A_VAN])
    pourquoi = StringField(
        later("Pourquoi ?"),
        filters=[trimmed],
        validators=[Required(later("Dites pourquoi, en une phrase.")), AtMost(300)],
    )


class RulesForm(Form):
    """What the region decides of the emergency pools of a campaign."""

    part = Count(
        later("Taille du fonds, en % des élèves"),
        validators=[InRange(later("Écrivez un nombre entre 0 et 20."), 0, 20)],
    )
    jours = Count(
        later("Durée d’un prêt, en jours"), validators=[InRange(later("Écrivez un nombre entre 1 et 365."), 1, 365)]
    )

    @classmethod
    def of(cls, rules: EmergencyRules) -> Self:
        """As they are today."""
        return cls(part=rules.share, jours=rules.days)

    @property
    def rules(self) -> EmergencyRules:
        """As the use-case wants them."""
        return EmergencyRules(share=self.part.data or 0, days=self.jours.data or 1)


class AnswerForm(Form):
    """What the region answers; the school reads it."""

    reponse = StringField(
        later("Réponse"),
        filters=[trimmed],
        validators=[Required(later("Écrivez la réponse que le lycée lira.")), AtMost(300)],
    )


class ModelForm(Form):
    """A model of the region's market; people write grams, watt-hours, euros and years."""

    nom = StringField(
        later("Nom"), filters=[trimmed], validators=[Required(later("Indiquez le nom du modèle.")), AtMost(80)]
    )
    genre = RadioField(
        later("Matériel"), choices={kind.value: words for kind, words in KINDS.items()}, default="laptop"
    )
    poids = Count(
        later("Poids emballé, en grammes"),
        validators=[InRange(later("Écrivez un poids de 100 à 30 000 g."), 100, 30_000)],
    )
    batterie = Count(
        later("Batterie, en wattheures"), validators=[InRange(later("Écrivez une énergie de 1 à 160 Wh."), 1, 160)]
    )
    prix = Count(
        later("Prix négocié, en euros"), validators=[InRange(later("Écrivez un prix de 1 à 5 000 €."), 1, 5_000)]
    )
    garantie = Count(later("Garantie, en années"), validators=[InRange(later("Écrivez de 0 à 10 ans."), 0, 10)])
    accessoires = TextAreaField(later("Accessoires du kit"), filters=[trimmed])

    def validate_accessoires(self, field: TextAreaField) -> None:
        """What a return slip can name."""
        found = pieces(field.data or "")
        if len(found) > MOST_PIECES or any(len(one) > LONGEST_PIECE for one in found):
            raise stop(later("Écrivez 20 accessoires au plus, de 60 caractères au plus."))

    @classmethod
    def of(cls, model: DeviceModel | None) -> Self:
        """The form of a model, or an empty one."""
        if model is None:
            return cls()
        return cls(
            nom=model.name,
            genre=model.kind.value,
            poids=model.packed_weight,
            batterie=model.battery_wh,
            prix=model.price_cents // 100,
            garantie=model.warranty_years,
            accessoires="\n".join(lines(model.accessories)),
        )

    @property
    def offer(self) -> ModelOffer:
        """As the use-case wants it."""
        return ModelOffer(
            name=self.nom.data or "",
            kind=self.genre.data,
            packed_weight=self.poids.data or 0,
            battery_wh=self.batterie.data or 0,
            price_cents=(self.prix.data or 0) * 100,
            warranty_years=self.garantie.data or 0,
            accessories=tuple(pieces(self.accessoires.data or "")),
        )
