"""The profile of a region, read from a data file: what it lends, to whom and how."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.schools.emergency import EmergencyRules

FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """A laptop or tablet of the region's market. Grams, watt-hours, cents."""

    name: str
    kind: str
    packed_weight: int
    battery_wh: int
    price_cents: int
    warranty_years: int
    accessories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a region decides; `rules` keeps the settings that later features read."""

    name: str
    code: str
    campaign_name: str
    starts_on: date
    ends_on: date
    kit: tuple[str, ...]
    emergency: EmergencyRules
    charter_title: str
    charter_text: str
    charter_summary: str
    models: tuple[ModelOffer, ...]
    rules: dict[str, Any]


def profiles() -> list[str]:
    """The names of the profiles shipped with the portal."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_profile(name: str) -> Profile:
    """The profile called `name` ("grand-est"); raises `FileNotFoundError`, or `KeyError` naming what is missing.

    `[campaign.emergency]` may be left out, or one of its two keys: `EmergencyRules` then says the usual ones.
    """
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    campaign, charter, models = data.pop("campaign"), data.pop("charter"), data.pop("models")
    return Profile(
        name=data.pop("name"),
        code=data.pop("code"),
        campaign_name=campaign["name"],
        starts_on=campaign["starts_on"],
        ends_on=campaign["ends_on"],
        kit=tuple(campaign["kit"]),
        emergency=EmergencyRules(**campaign.get("emergency", {})),
        charter_title=charter["title"],
        charter_text=charter["text"],
        charter_summary=charter["summary"],
        models=tuple(ModelOffer(**{**model, "accessories": tuple(model["accessories"])}) for model in models),
        rules=data,
    )
