"""Accounts, roles and ways in, on both engines."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from portal.accounts import queries, rules, services
from portal.accounts.models import Account, RoleGrant, SignInLink
from portal.platform.work import unit_of_work
from portal.policy import Role
from tests import factories as make


def asked(email="nobody@example.org", browser="browser", **values):
    """A way in that was asked for, as its row."""
    public_id = services.ask(contact=email, browser=browser, **values)
    return next(link for link in make.every(SignInLink) if link.public_id == public_id)


@pytest.fixture
def account(db):
    return make.account(email="ines.lefevre@example.org", name="Inès Lefèvre")


@pytest.fixture
def link(account):
    return asked(account.email)


@pytest.fixture
def secrets(link):
    return services.draw_secrets(link.id)


def type_code(link, code, browser="browser"):
    return services.type_code(public_id=link.public_id, code=code, browser=browser)


def other_than(code):
    return "0" * 6 if code != "0" * 6 else "1" * 6


def test_the_link_lets_its_account_in_once(account, secrets):
    assert services.follow_link(token=secrets.token).account_id == account.id
    again = services.follow_link(token=secrets.token)
    assert again.account_id == 0
    assert "déjà servi" in again.refusal


def test_the_code_lets_its_account_in_once(account, link, secrets):
    assert type_code(link, secrets.code).account_id == account.id
    assert "déjà servi" in type_code(link, secrets.code).refusal
    assert services.follow_link(token=secrets.token).refusal


def test_the_code_is_refused_in_another_browser_and_costs_no_try(link, secrets):
    assert "l’appareil qui l’a demandé" in type_code(link, secrets.code, browser="another").refusal
    assert make.fresh(link).tries == 0


def test_neither_link_nor_code_works_after_fifteen_minutes(clock, link, secrets):
    clock.forward(minutes=15)
    assert "trop ancien" in services.follow_link(token=secrets.token).refusal
    assert "trop ancien" in type_code(link, secrets.code).refusal


def test_after_five_wrong_codes_the_right_one_is_refused(link, secrets):
    sentences = [type_code(link, other_than(secrets.code)).refusal for _ in range(5)]
    assert "4 essais" in sentences[0]
    assert "autre code" in sentences[4]
    assert "cinq essais" in type_code(link, secrets.code).refusal
    assert make.fresh(link).tries == 5


def test_the_link_still_opens_after_wrong_codes(account, link, secrets):
    for _ in range(5):
        type_code(link, other_than(secrets.code))
    assert services.follow_link(token=secrets.token).account_id == account.id


def test_the_code_of_another_link_opens_nothing(account, secrets):
    second = asked(account.email)
    services.draw_secrets(second.id)
    assert type_code(second, secrets.code).refusal


def test_a_made_up_token_or_page_opens_nothing(db):
    assert services.follow_link(token="made-up").refusal == rules.UNKNOWN_LINK
    assert services.type_code(public_id="made-up", code="7K3M2Q", browser="b").refusal == rules.UNKNOWN_LINK


def test_only_hashes_are_kept(link, secrets):
    row = make.fresh(link)
    kept = " ".join(str(value) for value in vars(row).values())
    assert len(secrets.code) == 6
    assert secrets.token not in kept
    assert secrets.code not in kept
    assert "ines" not in kept
    assert "token" not in repr(secrets)


def test_an_unknown_address_leaves_the_same_row_and_gets_nothing(db, account, count_statements):
    with count_statements() as known:
        first = services.ask(contact=account.email, browser="b")
    with count_statements() as unknown:
        second = services.ask(contact="nobody@example.org", browser="b")
    assert len(first) == len(second)
    assert list(known) == list(unknown)
    stranger = next(link for link in make.every(SignInLink) if link.public_id == second)
    assert services.draw_secrets(stranger.id) is None
    assert "4 essais" in type_code(stranger, "7K3M2Q", browser="b").refusal


def test_capitals_in_the_address_change_nothing(account):
    assert asked("Ines.LEFEVRE@example.org").account_id == account.id


def test_a_closed_account_gets_nothing(account, link):
    services.disable_account(account_id=account.id)
    assert services.draw_secrets(link.id) is None
    assert asked(account.email).account_id is None


def test_secrets_are_not_drawn_for_a_link_that_is_too_old(clock, link):
    clock.forward(minutes=16)
    assert services.draw_secrets(link.id) is None


def test_drawn_again_only_the_last_secrets_open(account, link, secrets):
    latest = services.draw_secrets(link.id)
    assert services.follow_link(token=secrets.token).refusal
    assert services.follow_link(token=latest.token).account_id == account.id


def test_the_sixth_link_in_fifteen_minutes_is_refused_known_or_not(db, account, clock):
    for email in (account.email, "nobody@example.org"):
        for _ in range(5):
            services.ask(contact=email, browser="b")
        with pytest.raises(rules.Wait, match="dans 15 minutes"):
            services.ask(contact=email, browser="another")
    clock.forward(minutes=15)
    assert services.ask(contact=account.email, browser="b")


def test_another_mail_waits_a_minute(link, account, clock):
    with pytest.raises(rules.Wait, match="60 secondes"):
        services.ask_again(public_id=link.public_id, contact=account.email, browser="browser")
    clock.forward(seconds=60)
    assert services.ask_again(public_id=link.public_id, contact=account.email, browser="browser") != link.public_id


def test_the_page_to_go_to_is_kept_only_if_it_is_ours(account):
    assert asked(account.email, next_path="/mes-dossiers?x=1").next_path == "/mes-dossiers?x=1"
    assert asked(account.email, next_path="//evil.example.org").next_path is None


def test_links_are_forgotten_after_a_day(link, clock):
    assert services.forget_links() == 0
    clock.forward(hours=25)
    assert services.forget_links() == 1
    assert make.every(SignInLink) == []


def test_one_address_has_one_account(db):
    first = services.open_account(name="Inès Lefèvre", email=" Ines.Lefevre@example.org", language="ar")
    second = services.open_account(name="I. Lefèvre", email="ines.lefevre@example.org")
    assert first == second
    (row,) = make.every(Account)
    assert (row.name, row.email, row.language) == ("Inès Lefèvre", "ines.lefevre@example.org", "ar")


def test_people_without_an_address_have_accounts_of_their_own(db):
    assert services.open_account(name="Yanis Roussel", email=None) != services.open_account(
        name="Yanis Roussel", email=None
    )


def test_an_import_opens_accounts_in_a_constant_number_of_statements(db, account, count_statements):
    people = [services.Newcomer(name=f"Parent {n}", email=f"parent.{n}@example.org") for n in range(300)]
    with count_statements() as sql:
        ids = services.open_accounts([*people, services.Newcomer(name="Autre", email=account.email)])
    assert sql.count <= 3, sql
    assert len(set(ids.values())) == 301
    assert ids[account.email] == account.id


def test_a_role_given_again_moves_its_dates(db, account):
    school = make.school()
    first = services.grant_role(account_id=account.id, role=Role.HEAD, school_id=school.id)
    second = services.grant_role(account_id=account.id, role=Role.HEAD, school_id=school.id, ends_on=date(2027, 7, 1))
    assert first == second
    assert [grant.ends_on for grant in make.every(RoleGrant)] == [date(2027, 7, 1)]


def test_the_database_refuses_the_region_twice(db, account):
    services.grant_role(account_id=account.id, role=Role.REGION)
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(RoleGrant(account_id=account.id, role=Role.REGION, starts_on=date(2026, 9, 1)))


def test_the_database_refuses_capitals_in_an_address(db):
    with pytest.raises(IntegrityError):
        make.account(email="Ines@example.org")


def test_staff_are_known_in_one_statement(db, count_statements):
    head = make.head()
    with count_statements() as sql:
        actor = queries.load_actor(head.account_id, head.grant_id)
    assert sql.count == 1, sql
    assert (actor.name, actor.role, actor.school_ids) == (head.account.name, Role.HEAD, {head.school.id})
    assert actor.student_ids == frozenset()


def test_a_technician_sees_every_school_of_the_tour(db):
    first, elsewhere = make.technician(), make.school()
    make.technician(elsewhere, account=first.account)
    make.head(make.school(), account=first.account)
    actor = queries.load_actor(first.account_id, first.grant_id)
    assert actor.school_ids == {first.school.id, elsewhere.id}


def test_a_head_of_two_schools_enters_one_at_a_time(db):
    first, elsewhere = make.head(), make.school()
    make.head(elsewhere, account=first.account)
    assert queries.load_actor(first.account_id, first.grant_id).school_ids == {first.school.id}


@pytest.mark.parametrize("dates", [{"starts_on": date(2026, 9, 9)}, {"ends_on": date(2026, 9, 7)}])
def test_a_role_counts_between_its_dates_only(db, dates):
    head = make.head(**dates)
    assert queries.load_actor(head.account_id, head.grant_id) is None
    with pytest.raises(services.NoEntry):
        services.enter(account_id=head.account_id, grant_id=head.grant_id)


def test_the_last_day_of_a_role_is_included(db):
    head = make.head(ends_on=date(2026, 9, 8))
    assert queries.load_actor(head.account_id, head.grant_id) is not None


def test_nobody_enters_with_somebody_elses_role(db, account):
    assert queries.load_actor(account.id, make.head().grant_id) is None


def test_a_closed_account_is_nobody(db):
    head = make.head()
    services.disable_account(account_id=head.account_id)
    assert queries.load_actor(head.account_id, head.grant_id) is None
    assert queries.hats(head.account_id) == [queries.Hat(0, Role.FAMILY)]


def test_the_roles_of_an_account_name_their_school_once(db):
    head = make.head()
    make.technician(account=head.account)
    make.technician(make.school(), account=head.account)
    hats = queries.hats(head.account_id)
    assert [hat.role for hat in hats] == [Role.HEAD, Role.TECHNICIAN]
    assert hats[0].place == head.school.name
    assert ", " in hats[1].place


def test_entering_and_leaving_are_in_the_trail(db, account):
    services.enter(account_id=account.id)
    services.leave(account_id=account.id)
    assert make.trail()[-2:] == ["SignedIn", "SignedOut"]


def test_the_language_chosen_at_the_door_is_that_of_the_messages_to_come(db, account):
    services.enter(account_id=account.id, language="ar")
    assert queries.load_actor(account.id, 0).language == "ar"
    services.enter(account_id=account.id)
    assert queries.load_actor(account.id, 0).language == "ar"
