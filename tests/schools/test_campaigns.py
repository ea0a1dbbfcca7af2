"""The region's campaigns: the next one is prepared, the running one ends when it is told to, and what lacks is said."""

from datetime import date

import pytest
from sqlalchemy.exc import NoResultFound

from portal.kernel import clock as time
from portal.platform import scope
from portal.schools import queries, services
from portal.schools.campaigns import Known, Lack, NotPlanned, NotWithdrawn, Plan, Standing, concerns, standing
from portal.schools.emergency import EmergencyRules
from portal.schools.models import Campaign
from portal.schools.wording import concerns_in_words
from portal.team.queries import campaign_ends
from tests import factories as make
from tests.pages import Page

KIT = ("ordinateur", "chargeur")
TODAY = date(2026, 9, 8)


def plan(name="2027-2028", first=(2027, 9, 1), last=(2028, 7, 6)):
    return Plan(name=name, starts_on=date(*first), ends_on=date(*last), kit=KIT)


def known(first, last, *, texts=1):
    return Known(id=1, name="A", starts_on=first, ends_on=last, kit=KIT, emergency=EmergencyRules(), texts=texts)


@pytest.fixture
def region(app, as_user):
    make.charter_version(whole=True)
    return as_user(make.region_agent())


# --- rules ------------------------------------------------------------------------------------------------------------


def test_the_next_one_is_the_same_a_year_later():
    assert plan("2026-2027", (2026, 7, 1), (2027, 8, 31)).a_year_later() == plan(last=(2028, 8, 31), first=(2027, 7, 1))
    assert plan(first=(2027, 9, 1), last=(2028, 2, 29)).a_year_later().ends_on == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("today", "stands"),
    [
        ((2026, 8, 31), [Standing.COMING, Standing.COMING]),
        ((2026, 9, 1), [Standing.RUNNING, Standing.COMING]),
        ((2027, 7, 1), [Standing.RELIEVED, Standing.RUNNING]),
        ((2027, 9, 1), [Standing.OVER, Standing.RUNNING]),
        ((2028, 9, 1), [Standing.OVER, Standing.OVER]),
    ],
)
def test_from_its_first_day_the_later_one_takes_over(today, stands):
    both = [known(date(2026, 9, 1), date(2027, 8, 31)), known(date(2027, 7, 1), date(2028, 8, 31))]
    assert [standing(one, others=both, today=date(*today)) for one in both] == stands


@pytest.mark.parametrize(
    ("first", "last", "texts", "lacks"),
    [
        ((2026, 9, 1), (2027, 7, 6), 1, []),
        ((2026, 9, 1), (2027, 7, 6), 0, [Lack.CHARTER]),
        ((2026, 11, 7), (2027, 7, 6), 0, [Lack.CHARTER]),
        ((2026, 11, 8), (2027, 7, 6), 0, []),
        ((2025, 9, 1), (2026, 11, 7), 1, [Lack.NEXT]),
        ((2025, 9, 1), (2026, 9, 7), 0, [Lack.NEXT]),
    ],
    ids=["nothing", "no charter", "none in sixty days", "time enough", "ends soon", "has ended"],
)
def test_what_a_campaign_lacks_is_said_in_time(first, last, texts, lacks):
    assert [one.lack for one in concerns([known(date(*first), date(*last), texts=texts)], today=TODAY)] == lacks


@pytest.mark.parametrize(
    ("first", "lacks"),
    [((2026, 10, 1), []), ((2026, 9, 20), []), ((2026, 10, 2), [Lack.NEXT])],
    ids=["the day after", "before its end", "a day without any"],
)
def test_no_day_is_left_without_a_campaign_unsaid(first, lacks):
    both = [known(date(2025, 9, 1), date(2026, 9, 30)), known(date(*first), date(2027, 8, 31))]
    assert [one.lack for one in concerns(both, today=TODAY)] == lacks


def test_between_two_campaigns_it_is_said_that_nobody_can_ask(app):
    both = [known(date(2025, 9, 1), date(2026, 7, 6)), known(date(2026, 10, 1), date(2027, 8, 31))]
    (told,) = concerns_in_words(concerns(both, today=TODAY), today=TODAY)
    assert "Aujourd’hui, aucune famille" in told["text"]


def test_without_any_campaign_nothing_lacks_but_the_first():
    assert concerns([], today=TODAY) == []


# --- use-cases, on both engines ---------------------------------------------------------------------------------------


@pytest.fixture
def running(db):
    return make.campaign(emergency=EmergencyRules(5, 40))


def test_a_prepared_campaign_takes_the_emergency_rules_of_the_last(running):
    prepared = services.plan_campaign(plan())
    assert make.fresh(prepared).emergency == EmergencyRules(5, 40)
    assert make.trail(f"campaign:{prepared.id}") == ["CampaignPlanned"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (plan(name="2026-2027"), "name"),
        (plan(first=(2026, 9, 1), last=(2027, 7, 5)), "starts_on"),
        (plan(last=(2027, 9, 1)), "ends_on"),
        (plan(last=(2029, 9, 4)), "ends_on"),
    ],
    ids=["same name", "same first day", "ends as it starts", "over two years"],
)
def test_what_no_campaign_can_be_is_refused_and_nothing_is_kept(running, wrong, field):
    with pytest.raises(NotPlanned) as refusal:
        services.plan_campaign(wrong)
    assert refusal.value.field == field
    assert len(make.every(Campaign)) == 1


def test_of_eight_who_prepare_the_same_at_once_one_does(running, together):
    def prepare():
        try:
            return services.plan_campaign(plan()).id
        except NotPlanned:
            return None

    assert together(prepare).count(None) == 7
    assert len(make.every(Campaign)) == 2


def test_once_begun_only_its_last_day_moves_and_never_into_the_past(running):
    moved = Plan(name=running.name, starts_on=running.starts_on, ends_on=date(2027, 8, 31), kit=tuple(running.kit))
    services.change_campaign(running.id, moved)
    assert make.fresh(running).ends_on == date(2027, 8, 31)
    assert make.trail(f"campaign:{running.id}") == ["CampaignChanged"]
    services.change_campaign(running.id, moved)
    assert make.trail(f"campaign:{running.id}") == ["CampaignChanged"], "the same again is no change"
    for wrong in (plan(name="2026-2027", first=(2026, 9, 1)), plan("2026-2027", (2026, 9, 1), (2026, 9, 7))):
        with pytest.raises(NotPlanned):
            services.change_campaign(running.id, wrong)


def test_one_that_is_over_changes_no_more(running, clock):
    clock.set(clock.START.replace(year=2027))
    with pytest.raises(NotPlanned, match="terminée"):
        services.change_campaign(running.id, plan("2026-2027", (2026, 9, 1), (2027, 9, 30)))


def test_one_for_which_a_charter_is_written_is_not_withdrawn(running):
    prepared, written = (
        services.plan_campaign(plan()),
        make.campaign(name="2028-2029", starts_on=date(2028, 9, 1), ends_on=date(2029, 7, 1)),
    )
    make.charter_version(campaign_id=written.id)
    for kept in (running, written):
        with pytest.raises(NotWithdrawn):
            services.withdraw_campaign(kept.id)
    services.withdraw_campaign(prepared.id)
    assert {one.name for one in make.every(Campaign)} == {"2026-2027", "2028-2029"}
    with pytest.raises(NoResultFound):
        services.withdraw_campaign(prepared.id)


def test_requests_and_delegations_follow_the_one_that_began_last(running, clock):
    school = make.school()
    following = make.campaign(name="2027-2028", starts_on=date(2027, 6, 1), ends_on=date(2028, 8, 31))
    with scope.schools(school.id):
        assert queries.current_campaign(school.id, on=time.today()).id == running.id
        clock.set(clock.START.replace(year=2027, month=6))
        assert queries.current_campaign(school.id, on=time.today()).id == following.id
        assert campaign_ends(school.id) == following.ends_on


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_region_prepares_the_next_one_and_begins_its_charter_with_the_last_text(region, count_statements):
    listed = Page(region.get("/region/campagnes"))
    (row,) = listed.rows("Campagnes, de la plus récente à la plus ancienne")
    assert (row["Campagne"], row["État"], row["Fonds d’urgence"]) == ("2026-2027", "En cours", "4 %, 30 jours")
    form = listed.follow(region, "Préparer la campagne suivante")
    assert (form.one("#name")["value"], form.one("#starts_on")["value"]) == ("2027-2028", "2027-09-01")
    done = Page(form.submit(region, "Enregistrer la campagne", kit="ordinateur\n\n  chargeur \n"))
    assert "Écrivez maintenant sa charte" in done.text()
    with count_statements() as sql:
        done = Page(region.get("/region/campagnes"))
    assert sql.count <= 4, sql
    assert [row["État"] for row in done.rows("Campagnes, de la plus récente à la plus ancienne")] == [
        "À venir",
        "En cours",
    ]
    charter = done.follow(region, "à écrire")
    editor = Page(charter.submit(region, "Écrire une nouvelle version", start="last"))
    assert editor.url.endswith("/textes-de-charte/2027-2028/brouillon")
    back = Page(region.get("/textes-de-charte")).follow(region, "Écrire une nouvelle version")
    assert "campagne=2026-2027" in back.url, "the campaign that runs still changes its text"


def test_what_is_refused_is_said_beside_the_field_and_kept(region):
    page = Page(region.get("/region/campagnes/suivante/preparation"))
    values = {"name": "2027/2028", "starts_on": "2027-09-01", "ends_on": "", "kit": " "}
    refused = Page(page.submit(region, "Enregistrer la campagne", values), status=422)
    assert len(refused.errors()) == 3
    assert refused.one("#name")["value"] == "2027/2028"
    again = Page(
        refused.submit(
            region, "Enregistrer la campagne", {**values, "name": "2026-2027", "ends_on": "2028-07-01", "kit": "x" * 61}
        ),
        status=422,
    )
    assert again.errors() == ["Écrivez 60 caractères au plus par ligne."]
    taken = Page(again.submit(region, "Enregistrer la campagne", kit="\n".join("abc")), status=422)
    assert taken.errors() == ["Une autre campagne porte déjà ce nom. Choisissez-en un autre."]
    many = Page(taken.submit(region, "Enregistrer la campagne", kit="\n".join("abcdefghijklmnopqrstu")), status=422)
    assert many.errors() == ["Écrivez 20 lignes au plus."]


def test_the_running_one_shows_its_last_day_only(region):
    page = Page(region.get("/region/campagnes")).follow(region, "2026-2027")
    assert not page.has("#name")
    assert "déjà" not in page.text()
    assert "seul son dernier jour" in page.text()
    refused = Page(page.submit(region, "Enregistrer la campagne", ends_on="2026-09-07"), status=422)
    assert refused.errors() == ["Ce jour est passé. Choisissez aujourd’hui ou un jour à venir."]
    done = Page(refused.submit(region, "Enregistrer la campagne", ends_on="2026-10-31"))
    assert "La campagne 2026-2027 finit le" in done.text()
    assert "La campagne 2026-2027 finit le" in Page(region.get("/lycees")).text()


def test_one_to_come_changes_and_is_withdrawn(region):
    make.campaign(name="2027-2028", starts_on=date(2027, 9, 1), ends_on=date(2028, 7, 6))
    page = Page(region.get("/region/campagnes/2027-2028"))
    assert page.one("#kit").text.split() == ["ordinateur", "chargeur", "housse"]
    Page(page.submit(region, "Enregistrer la campagne", name="Rentrée 2027"))
    page = Page(region.get("/region/campagnes/Rentrée 2027"))
    gone = Page(page.submit(region, "Retirer cette campagne"))
    assert "La campagne Rentrée 2027 est retirée." in gone.text()
    assert region.get("/region/campagnes/Rentrée 2027").status_code == 404


def test_one_whose_charter_is_begun_stays_and_the_page_says_why(region):
    following = make.campaign(name="2027-2028", starts_on=date(2027, 9, 1), ends_on=date(2028, 7, 6))
    make.charter_version(campaign_id=following.id)
    page = Page(region.get("/region/campagnes/2027-2028"))
    assert "Une charte s’écrit déjà pour cette campagne" in Page(page.submit(region, "Retirer cette campagne")).text()


def test_one_that_is_over_has_no_page(region):
    make.campaign(name="2025-2026", starts_on=date(2025, 9, 1), ends_on=date(2026, 7, 6))
    assert region.get("/region/campagnes/2025-2026").status_code == 404
    assert "Terminée" in Page(region.get("/region/campagnes")).text()


def test_a_campaign_without_charter_is_told_on_the_regions_first_page(app, as_user):
    make.campaign()
    page = Page(as_user(make.region_agent()).get("/lycees"))
    assert "La campagne 2026-2027 n’a pas de charte" in page.text()
    assert page.follow(as_user(make.region_agent()), "Voir les campagnes").heading == "Campagnes"
