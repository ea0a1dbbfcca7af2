"""The portal refuses to start unsafely, and says which setting to change."""

import pytest

from portal.config import BadSettings, Settings

KEY = "abcdefgh-ijklmnop-qrstuvwx-yz012345"
GOOD = {"FIN_PRET_SECRET_KEY": KEY, "FIN_PRET_BASE_URL": "https://pret.example.org"}


def read(tmp_path, **changes):
    return Settings.from_environment({**GOOD, "FIN_PRET_HOME": str(tmp_path), **changes})


def test_production_starts_with_a_key_and_an_https_address(tmp_path):
    settings = read(tmp_path)
    assert settings.production
    assert settings.https


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"FIN_PRET_SECRET_KEY": ""}, "FIN_PRET_SECRET_KEY"),
        ({"FIN_PRET_SECRET_KEY": "short"}, "FIN_PRET_SECRET_KEY"),
        ({"FIN_PRET_SECRET_KEY": "a" * 64}, "FIN_PRET_SECRET_KEY"),
        ({"FIN_PRET_BASE_URL": "http://pret.example.org"}, "FIN_PRET_BASE_URL"),
        ({"FIN_PRET_DEMO": "1"}, "FIN_PRET_DEMO"),
        ({"FIN_PRET_DEBUG": "1"}, "FIN_PRET_DEBUG"),
        ({"FIN_PRET_PROXIES": "some"}, "FIN_PRET_PROXIES"),
        ({"FIN_PRET_UNDO_SECONDS": "-1"}, "FIN_PRET_UNDO_SECONDS"),
    ],
)
def test_what_is_unsafe_is_refused_by_name(tmp_path, changes, named):
    with pytest.raises(BadSettings, match=named):
        read(tmp_path, **changes)


def test_the_demo_keeps_its_own_key_for_its_owner_only(tmp_path):
    demo = {"FIN_PRET_DEMO": "1", "FIN_PRET_SECRET_KEY": "", "FIN_PRET_BASE_URL": "http://127.0.0.1:8000"}
    first, second = read(tmp_path, **demo), read(tmp_path, **demo)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_people_write_postgresql_and_get_the_driver_we_ship(tmp_path):
    settings = read(tmp_path, FIN_PRET_DATABASE_URL="postgresql://host/base")
    assert settings.database_url == "postgresql+psycopg://host/base"
    assert settings.worker_url.startswith("postgresql+psycopg://")
