"""What a stocktake finds: the surprises between what should be on a shelf and what was scanned. Plain values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.stock.states import DEVICE, HERE, DeviceState, Outcome, Surprise


@dataclass(frozen=True, slots=True)
class Shelved:
    """A device of the school, as the register has it."""

    id: int
    asset_tag: str
    state: DeviceState
    location: str


@dataclass(frozen=True, slots=True)
class Found:
    """One surprise: what it is about, and what the register says."""

    kind: Surprise
    code: str
    device_id: int | None
    detail: str = ""


def surprises(
    expected: Iterable[Shelved], scanned: Mapping[str, Shelved | None], *, location: str, elsewhere: Mapping[str, str]
) -> list[Found]:
    """Every surprise, each device once: missing first, then what was scanned, in the order of the labels.

    :param expected: the devices that should be at the location (all of the school's, when it is empty).
    :param scanned: by label scanned, the device of the school that carries it, or None.
    :param elsewhere: by label, the name of the other school whose device it is.
    """
    seen = {device.id for device in scanned.values() if device}
    missing = [
        Found(Surprise.MISSING, one.asset_tag, one.id, one.location)
        for one in expected
        if one.id not in seen and one.state in HERE
    ]
    odd = [_odd(code, device, location, elsewhere.get(code, "")) for code, device in sorted(scanned.items())]
    return missing + [found for found in odd if found]


def _odd(code: str, device: Shelved | None, location: str, school: str) -> Found | None:
    if device is None:
        return Found(Surprise.OTHER_SCHOOL, code, None, school) if school else Found(Surprise.UNKNOWN, code, None)
    if device.state not in HERE:
        return Found(Surprise.NOT_HERE, device.asset_tag, device.id, device.state.value)
    if location and device.location != location:
        return Found(Surprise.ELSEWHERE, device.asset_tag, device.id, device.location)
    return None


def outcome_of(found: Surprise, state: DeviceState | None) -> Outcome:
    """What the one button of a surprise does."""
    if found is Surprise.ELSEWHERE:
        return Outcome.MOVED
    if found is Surprise.MISSING and state and DEVICE.allows("declare_lost", state):
        return Outcome.LOST
    if found is Surprise.NOT_HERE and state and DEVICE.allows("find_again", state):
        return Outcome.CHECK_IN
    return Outcome.NOTED
