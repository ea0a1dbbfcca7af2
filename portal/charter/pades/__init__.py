"""The only importer of pyHanko; loaded when a charter is sealed, time-stamped or read back. See `portal.charter.seal`."""

from portal.charter.pades.judging import verify
from portal.charter.pades.sealing import reserved_box, seal
from portal.charter.pades.stamping import archive, stamp

__all__ = ["archive", "reserved_box", "seal", "stamp", "verify"]
