"""Fills the demo region once: real lycées, invented people, stock, and loans in every state. Run again, it does nothing."""

from dataclasses import replace
from datetime import date
from random import Random

from portal.access import services as access
from portal.accounts import services as accounts
from portal.accounts.services import Newcomer
from portal.charter import services as charter
from portal.demo import cast, stories
from portal.demo.people import households, mobile
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.platform import scope
from portal.policy import Role
from portal.roster import services as roster
from portal.roster.services import NewGuardian, NewLink, NewStudent
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.schools.profile import Profile, read_profile
from portal.shipping import services as shipping
from portal.shipping.contracts import Service
from portal.stock import services as stock
from portal.stock.lot_file import LotRecord
from portal.stock.services import NewDevice, Travel
from portal.stock.states import Condition, DeviceKind, Pool

SEED = 40
PER_CLASS = 28
LOCAL_KEY = "cle-de-demonstration"
"""What deploy/la_poste.py accepts; it opens nothing else."""

LAPTOPS, TABLETS, EMERGENCY = 85, 4, 5
DELIVERED = 90
"""Days ago, before the first loan of any story."""

LOOKS = (Condition.NEW, Condition.NEW, Condition.NEW, Condition.GOOD, Condition.MARKED, None)


def seed() -> str:
    """Load the demo region; returns one line for the console."""
    if school_queries.a_region_is_open():
        return "already loaded"
    with scope.every_school(reason="demo"):
        schools_of_the_demo = _ground(read_profile("grand-est"))
        told = stories.play(schools_of_the_demo)
        _la_poste(schools_of_the_demo[0])
        for school in schools_of_the_demo:
            access.link_school(school.id)  # as after an import: whoever can be reached has an account
    return f"3 lycées, {sum(len(school.students) for school in schools_of_the_demo)} students, {told}"


def _la_poste(school: stories.School) -> None:
    """The first lycée has a Colissimo contract, with the local stand-in; the region's key follows everybody's parcels."""
    region_id, secret = school_queries.region_of(school.id).id, {"api_key": LOCAL_KEY}
    shipping.save_contract(Service.COLISSIMO, region_id=region_id, school_id=school.id, secret=secret, by=school.head)
    shipping.save_contract(Service.SUIVI, region_id=region_id, school_id=None, secret=secret, by=school.head)


def _ground(profile: Profile) -> list[stories.School]:
    """Region, charter, lycées, stock, families: what the stories are played on."""
    region = charter.open_region(profile)
    opened = tuple(_school(place) for place in cast.SCHOOLS)
    people = _staff_and_doors(opened)
    _lot(region.id, [model.name for model in region.models])
    for index, school_id in enumerate(opened):
        with clock.frozen(clock.after(days=-DELIVERED)):
            stock.take_in(_devices(index, [(model.id, model.kind) for model in region.models]), school_id=school_id)
    _rounds(*opened)
    return [_families(index, school_id, people) for index, school_id in enumerate(opened)]


def _school(place: cast.DemoSchool) -> int:
    entry = school_queries.entry(place.uai)
    town = place.town
    school = schools.open_school(
        schools.NewSchool(
            uai=place.uai,
            name=entry.name,
            head_name=place.head,
            head_title="proviseur" if place.head.startswith("Hervé") else "proviseure",
            contact_name=place.office,
            contact_phone=place.phone,
            contact_email=f"pret.{place.uai.lower()}@example.org",
            contact_hours="du lundi au vendredi, de 8 h à 17 h",
            pickup_place="à l’intendance, rez-de-chaussée",
            deliberation="délibération du conseil d’administration n° 12 du 2 juillet 2026",
        ),
        address=PostalAddress(recipient=entry.name, street=place.street, postcode=town.postcode, city=town.name),
    )
    return school.id


def _staff_and_doors(opened: tuple[int, ...]) -> dict[str, int]:
    people = accounts.open_accounts([Newcomer(name=door.name, email=door.email) for door in cast.DOORS])
    starts = date(2026, 9, 1)
    for door in cast.DOORS:
        if door.role is Role.FAMILY:
            continue
        places = opened if door.role is Role.TECHNICIAN else [None if door.school is None else opened[door.school]]
        for place in places:
            accounts.grant_role(account_id=people[door.email], role=door.role, school_id=place, starts_on=starts)
    return people


def _devices(index: int, models: list[tuple[int, DeviceKind]]) -> list[NewDevice]:
    """Tags and shelves of a lycée: the allotment's laptops and tablets, and the emergency pool."""
    (first, _), (second, _), (tablet, _) = models
    plan = [
        *[(first if n % 3 else second, DeviceKind.LAPTOP, Pool.ALLOTMENT) for n in range(LAPTOPS)],
        *[(tablet, DeviceKind.TABLET, Pool.ALLOTMENT)] * TABLETS,
        *[(first, DeviceKind.LAPTOP, Pool.EMERGENCY)] * EMERGENCY,
    ]
    return [
        NewDevice(
            serial=f"5CD{index}{n:05d}X",
            asset_tag=f"GE{index + 1}-{n + 1:05d}",
            model_id=model,
            kind=kind,
            pool=pool,
            location=f"{'ABCDEF'[n // 12 % 6]}{n % 12 + 1:02d}",
            condition=LOOKS[n % len(LOOKS)],
        )
        for n, (model, kind, pool) in enumerate(plan)
    ]


def _lot(region_id: int, models: list[str]) -> None:
    """A supplier's lot on its way: ten devices for each lycée in two cartons, and two lines at fault."""
    rows = [
        LotRecord(
            line=10 * index + n + 2,
            serial=f"5CD9{index}{n:04d}Y",
            asset_tag=f"GE{index + 1}-9{n:04d}",
            model_name=models[0],
            uai=place.uai,
            box=f"CARTON-{index + 1}{n // 5}",
        )
        for index, place in enumerate(cast.SCHOOLS)
        for n in range(10)
    ]
    faults = [
        replace(rows[0], line=32),
        replace(rows[1], line=33, serial="5CD99999X", asset_tag="GE1-99999", uai="0540001A"),
    ]
    lot = stock.receive_file(
        region_id=region_id,
        supplier="HP France",
        expected_on=clock.today(),
        name="lot-2-rentree.csv",
        sha256="0" * 64,
        key=None,
    )
    stock.stage(lot.id, [*rows, *faults])
    stock.announce(lot.public_id)
    stock.expect(lot.id)  # the worker, once it runs, finds that nothing is left to do


def _rounds(first: int, second: int, third: int) -> None:
    """What the pages of the stock show: a transfer under way, one asked, a count with surprises, a request to the region."""
    away = Travel(sender_id=second, receiver_id=first, kind=DeviceKind.LAPTOP, pool=Pool.EMERGENCY, wanted=2)
    transfer = stock.ask_transfer(away, here=first)
    stock.scan_transfer(transfer.public_id, raw=f"GE2-{LAPTOPS:05d}", mine={second})
    stock.ask_transfer(replace(away, sender_id=first, receiver_id=third, pool=Pool.ALLOTMENT), here=third)
    with scope.schools(first):  # another lycée's device is a surprise only to whoever sees one lycée
        stocktake = stock.open_stocktake(school_id=first, location="F01")
        for code in ("GE1-00061", "GE1-00001", "GE3-00002", "ZZ-404"):
            stock.scan_shelf(stocktake.public_id, raw=code)
        stock.count(stocktake.public_id)
    stock.ask_region(school_id=first, kind=DeviceKind.LAPTOP, wanted=3, note="Deux vols et une casse en une semaine.")


def _families(index: int, school_id: int, people: dict[str, int]) -> stories.School:
    """The roster of a lycée; every guardian whose address the school knows has an account."""
    town = cast.SCHOOLS[index].town
    rng = Random(SEED + index)
    ordinary = list(households(prefix="ABC"[index], town=town, per_class=PER_CLASS, today=clock.today(), rng=rng))
    crowd = accounts.open_accounts(
        [
            Newcomer(name=guardian.name, email=guardian.email)
            for home in ordinary
            for guardian in home.guardians
            if guardian.email
        ]
    )
    named = _named(index, people)
    guardians = [
        replace(guardian, account_id=crowd.get(guardian.email or ""))
        for home in ordinary
        for guardian in home.guardians
    ]
    students = roster.enrol(
        school_id=school_id,
        students=[*(home.student for home in ordinary), *(student for family in named for student in family[0])],
        guardians=[*guardians, *(guardian for family in named for guardian in family[1])],
        links=[*(link for home in ordinary for link in home.links), *(link for family in named for link in family[2])],
    )
    first = {home.student.source_id: crowd.get(home.guardians[0].email or "") for home in ordinary}
    own = {"lina": people[cast.PARENT.email], "leo": people[cast.MINOR.email], "ines": people[cast.ADULT.email]}
    asking = {
        students[source]: account for source, account in {**first, **own}.items() if account and source in students
    }
    return stories.School(
        id=school_id,
        head=people[cast.HEAD.email],
        manager=people[cast.MANAGER.email],
        students=students,
        accounts=asking,
        town=town,
    )


def _named(index: int, people: dict[str, int]) -> list[tuple[list[NewStudent], list[NewGuardian], list[NewLink]]]:
    """The families of the people one can enter as."""
    nadia = NewGuardian(
        source_id="benali-n",
        name=cast.PARENT.name,
        email=cast.PARENT.email,
        mobile=mobile(12),
        account_id=people[cast.PARENT.email],
        address=PostalAddress(recipient="Mme Nadia Benali", street="8 rue des Tilleuls", postcode="57000", city="Metz"),
    )
    karim = NewGuardian(
        source_id="benali-k",
        name=cast.OTHER_PARENT.name,
        email=cast.OTHER_PARENT.email,
        mobile=mobile(13),
        account_id=people[cast.OTHER_PARENT.email],
        address=PostalAddress(recipient="M. Karim Benali", street="41 rue Haute", postcode="54000", city="Nancy"),
    )
    if index == 1:
        lina = NewStudent(
            source_id="lina",
            family_name="Benali",
            given_name="Lina",
            birth_date=date(2010, 3, 9),
            class_name="1RE A",
            level="1re générale",
        )
        return [([lina], [nadia], [NewLink(student="lina", guardian="benali-n", kinship="mère")])]
    if index != 0:
        return []
    yanis = NewStudent(
        source_id="yanis",
        family_name="Benali",
        given_name="Yanis",
        birth_date=date(2011, 6, 21),
        class_name="2DE A",
        level="2de GT",
    )
    leo = NewStudent(
        source_id="leo",
        family_name="Marchal",
        given_name="Léo",
        birth_date=date(2010, 1, 17),
        class_name="1RE A",
        level="1re générale",
        email=cast.MINOR.email,
        account_id=people[cast.MINOR.email],
    )
    sophie = NewGuardian(
        source_id="marchal-s",
        name="Sophie Marchal",
        mobile=mobile(14),
        account_id=accounts.open_account(name="Sophie Marchal", email=None, mobile=mobile(14)),
        address=PostalAddress(
            recipient="Mme Sophie Marchal",
            line2="Bâtiment C, appartement 12",
            street="3 place du Marché",
            postcode="57000",
            city="Metz",
        ),
    )
    ines = NewStudent(
        source_id="ines",
        family_name="Lefèvre",
        given_name="Inès",
        birth_date=date(2008, 2, 2),
        class_name="TLE A",
        level="Tle générale",
        email=cast.ADULT.email,
        mobile=mobile(15),
        account_id=people[cast.ADULT.email],
    )
    return [
        (
            [yanis],
            [nadia, karim],
            [
                NewLink(student="yanis", guardian="benali-n", kinship="mère"),
                NewLink(student="yanis", guardian="benali-k", kinship="père"),
            ],
        ),
        ([leo], [sophie], [NewLink(student="leo", guardian="marchal-s", kinship="mère")]),
        ([ines], [], []),
    ]
