"""What a family is asked, one question a page: for whom, where, at which address, how to reach them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from wtforms import EmailField, HiddenField, RadioField, StringField, TelField
from wtforms.validators import ValidationError

from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.emails import parse_email, suggest_email
from portal.kernel.values.folding import one_line
from portal.kernel.values.phones import is_mobile, parse_phone
from portal.kernel.values.postcodes import Match, Verdict, check
from portal.kernel.words import later
from portal.loans.states import Delivery
from portal.platform.forms import AtMost, Form

KEEP = "garder"
"""The choice of those who are sure of what they wrote."""

OFFERED = "proposee"
"""The choice of those who take the address as the national base writes it."""

APART = "|"
"""Between the parts of an address in a hidden field; no address holds it."""

MOST_TOWNS = 12
Parts = tuple[str, str, str]
"""Street, postcode and town."""


def _tidy(value: str | None) -> str:
    return one_line(value or "")


class StudentForm(Form):
    """For which of one's children."""

    eleve = RadioField(later("Choisissez un élève"), validate_choice=False)

    def offer(self, students: Mapping[str, str]) -> Self:
        """The students who may ask, by public id."""
        self.students = students
        self.eleve.choices = dict(students)
        return self

    def validate_eleve(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.students:
            raise ValidationError(later("Choisissez un élève dans la liste."))


class DeliveryForm(Form):
    """Where the kit should go."""

    remise = RadioField(
        later("Choisissez une réponse"),
        choices={Delivery.HOME.value: later("Chez vous, par La Poste"), Delivery.SCHOOL.value: later("Au lycée")},
        validate_choice=False,
    )

    def validate_remise(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in set(Delivery):
            raise ValidationError(later("Choisissez où vous voulez recevoir l’ordinateur."))

    @property
    def delivery(self) -> Delivery:
        """The answer, once validated."""
        return Delivery(self.remise.data)


class AddressForm(Form):
    """Where a parcel arrives, in the parts of NF Z10-011. The town and its postcode are compared offline."""

    recipient = StringField(later("Nom du destinataire"), filters=[_tidy], validators=[AtMost(120)])
    street = StringField(later("Numéro et rue"), filters=[_tidy], validators=[AtMost(120)])
    line2 = StringField(later("Appartement, étage, ou « chez »"), filters=[_tidy], validators=[AtMost(120)])
    line3 = StringField(later("Bâtiment, entrée, résidence"), filters=[_tidy], validators=[AtMost(120)])
    locality = StringField(later("Lieu-dit"), filters=[_tidy], validators=[AtMost(120)])
    postcode = StringField(later("Code postal"), filters=[_tidy], validators=[AtMost(12)])
    city = StringField(later("Commune"), filters=[_tidy], validators=[AtMost(80)])
    town = RadioField(later("Quelle est votre commune ?"), validate_choice=False)
    asked_about = HiddenField(filters=[_tidy])
    written = RadioField(later("Quelle adresse garder ?"), validate_choice=False)
    offered = HiddenField(filters=[_tidy])
    offered_for = HiddenField(filters=[_tidy])

    @classmethod
    def of(cls, address: PostalAddress | None, *, recipient: str) -> Self:
        """Filled with the address already known, so that nobody types it twice (WCAG 2.2, 3.3.7)."""
        form = cls(obj=address, recipient=address.recipient if address else recipient)
        form.town.choices = form.written.choices = {}
        return form

    def check(self, better: Callable[[str, str, str], Parts | None]) -> bool:
        """Whether the address can be used; otherwise each field says what to change, and a doubt becomes a question.

        :param better: how street, postcode and town are perhaps written, asked once they are complete.
        """
        self.town.choices = self.written.choices = {}
        self._take_what_was_offered()
        usable = self.validate() and self._is_complete()
        return usable and self._town_is_settled() and self._is_well_written(better)

    def _take_what_was_offered(self) -> None:
        """The other way to write the address, when it was chosen, and nothing was typed since."""
        offered = (self.offered.data or "").split(APART)
        if self.written.data == OFFERED and self.offered_for.data == self._where and len(offered) == len(self._parts):
            for field, text in zip(self._parts, offered, strict=True):
                field.data = text
            self.offered_for.data = self._where

    def _is_well_written(self, better: Callable[[str, str, str], Parts | None]) -> bool:
        if self.written.data in {OFFERED, KEEP} and self.offered_for.data == self._where:
            return True
        other = better(*(field.data or "" for field in self._parts))
        if other is None:
            return True
        street, postcode, city = other
        self.written.choices = {OFFERED: f"{street}, {postcode} {city}", KEEP: later("Garder mon adresse")}
        self.offered.data, self.offered_for.data, self.written.data = APART.join(other), self._where, None
        self.refuse("written", later("Cette adresse s’écrit peut-être autrement. Choisissez laquelle garder."))
        return False

    @property
    def _parts(self) -> tuple[StringField, StringField, StringField]:
        return self.street, self.postcode, self.city

    @property
    def _where(self) -> str:
        """What the question was about: another address is another question."""
        return APART.join(field.data or "" for field in self._parts)

    def _is_complete(self) -> bool:
        self.postcode.data = "".join((self.postcode.data or "").split())
        problems = self._typed().problems()
        for problem in problems:
            self.refuse(problem.field, problem.message)
        return not problems

    def _town_is_settled(self) -> bool:
        found = self.match
        if found.verdict is not Verdict.OTHER_CITY:
            return True
        towns = self._offer(found)
        answered = self.asked_about.data == self._about and self.town.data in towns
        if not answered:
            self.asked_about.data, self.town.data = self._about, None
            self.refuse(
                "town",
                later(
                    "Le code postal %(postcode)s n’est pas celui de %(city)s. Choisissez votre commune.",
                    postcode=self.postcode.data,
                    city=self.city.data,
                ),
            )
        return answered

    def _offer(self, found: Match) -> Sequence[str]:
        names = found.suggestions[:MOST_TOWNS]
        typed = later("Garder « %(typed)s »", typed=self._about)
        self.town.choices = {**{name: f"{self.postcode.data} {name}" for name in names}, KEEP: typed}
        return [*names, KEEP]

    @property
    def _about(self) -> str:
        """What the question was about: another town is another question."""
        return f"{self.postcode.data} {self.city.data}"

    @property
    def match(self) -> Match:
        """What the table of communes says."""
        return check(self.postcode.data or "", self.city.data or "")

    @property
    def confirmed(self) -> bool:
        """Whether postcode and town agree, as typed or as chosen."""
        return self.match.verdict is Verdict.EXACT or bool(self.town.data and self.town.data != KEEP)

    @property
    def address(self) -> PostalAddress:
        """The address to keep: the official spelling of the town when it is known."""
        chosen = self.town.data if self.town.data and self.town.data != KEEP else self.match.city
        return self._typed(chosen)

    def _typed(self, city: str | None = None) -> PostalAddress:
        return PostalAddress(
            recipient=self.recipient.data or "",
            line2=self.line2.data or "",
            line3=self.line3.data or "",
            street=self.street.data or "",
            locality=self.locality.data or "",
            postcode=self.postcode.data or "",
            city=city or self.city.data or "",
        )


class ContactForm(Form):
    """How to tell the family where the parcel is. A probable slip of the keyboard is a question, never a correction."""

    email = EmailField(later("Adresse e‑mail"), filters=[_tidy], validators=[AtMost(254)])
    mobile = TelField(later("Téléphone portable"), filters=[_tidy], validators=[AtMost(40)])
    meant = RadioField(later("Quelle est votre adresse e‑mail ?"), validate_choice=False)
    asked_about = HiddenField(filters=[_tidy])

    @classmethod
    def of(cls, *, email: str | None, mobile: str | None) -> Self:
        """Filled with what is known."""
        form = cls(email=email or "", mobile=mobile or "")
        form.meant.choices = {}
        return form

    def check(self, *, postcode: str | None) -> bool:
        """Whether one of the two can be used and none is wrong; `postcode` tells where a number is dialled from."""
        self.meant.choices = {}
        if not self.validate():
            return False
        if not self.email.data and not self.mobile.data:
            self.refuse("email", later("Indiquez une adresse e‑mail ou un téléphone portable."))
            return False
        readable = [self._read_email(), self._read_mobile(postcode)]
        return all(readable) and self._email_is_settled()

    def _read_email(self) -> bool:
        try:
            self.email.data = parse_email(self.email.data) if self.email.data else ""
        except DomainError as error:
            self.refuse("email", str(error))
            return False
        return True

    def _read_mobile(self, postcode: str | None) -> bool:
        if not self.mobile.data:
            return True
        try:
            number = parse_phone(self.mobile.data, postcode)
        except DomainError as error:
            self.refuse("mobile", str(error))
            return False
        if not is_mobile(number):
            self.refuse(
                "mobile", later("Ce numéro ne reçoit pas de SMS. Indiquez un portable, ou laissez ce champ vide.")
            )
            return False
        self.number = number
        return True

    def _email_is_settled(self) -> bool:
        typed = self.email.data or ""
        better = suggest_email(typed) if typed else None
        if better is None:
            return True
        self.meant.choices = {better: better, KEEP: later("Garder « %(typed)s »", typed=typed)}
        answered = self.asked_about.data == typed and self.meant.data in {better, KEEP}
        if not answered:
            self.asked_about.data, self.meant.data = typed, None
            self.refuse("meant", later("Vouliez-vous dire %(email)s ? Choisissez votre adresse.", email=better))
        return answered

    @property
    def address(self) -> str | None:
        """The e‑mail address to keep, if any."""
        chosen = self.meant.data if self.meant.data and self.meant.data != KEEP else self.email.data
        return chosen or None

    number: str | None = None
    """The mobile to keep, in E.164, if any."""
