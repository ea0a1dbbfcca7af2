"""`flask schools open`: a lycée of the directory joins."""

import click
from sqlalchemy.exc import NoResultFound

from portal.kernel.errors import DomainError
from portal.kernel.values.emails import parse_email
from portal.kernel.values.phones import parse_phone
from portal.kernel.values.uai import parse_uai
from portal.platform import scope
from portal.policy import Role
from portal.schools import queries as schools
from portal.schools.cli import group
from portal.team import services


@group.command("open")
@click.argument("uai")
@click.option("--head", required=True, help="First name and name of its head.")
@click.option("--email", required=True, help="Where the head is invited.")
@click.option("--street", help="Number and street, if the directory does not say.")
@click.option("--phone", help="Telephone of the lycée, if the directory does not say.")
def open_school(uai: str, head: str, email: str, street: str | None, phone: str | None) -> None:
    """Open a lycée of the directory, and invite its head by e-mail."""
    try:
        with scope.every_school(reason="schools open"):
            known = schools.entry(parse_uai(uai))
            services.open_school(
                known.uai,
                head=services.Invitation(name=head, email=parse_email(email), role=Role.HEAD),
                manager=None,
                street=street or known.street or "",
                phone=parse_phone(phone or known.phone or ""),
            )
    except NoResultFound as missing:
        raise click.ClickException(f"{uai} is not in the directory") from missing
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"open: {known.uai}, {known.name}, {known.city}")
