"""Build the two tables of portal/kernel/data from an unpacked copy of @etalab/decoupage-administratif.

    npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-decoupage-administratif-6.0.0.tgz
    python deploy/build_postcodes.py package

The same input gives the same bytes. Source and licence: portal/kernel/data/NOTICE.txt.
"""

import argparse
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "portal" / "kernel" / "data"


def main() -> None:
    """Read the package named on the command line, write both tables."""
    parser = argparse.ArgumentParser(description="Build the tables of communes and departments.")
    parser.add_argument("package", type=Path, help="the unpacked package, with its data/ folder")
    source = parser.parse_args().package / "data"
    (DATA / "communes.tsv.gz").write_bytes(gzip.compress(_table(_communes(source)), mtime=0))
    (DATA / "departments.tsv").write_bytes(_table(_departments(source)))


def _communes(source: Path) -> Iterable[tuple[str, ...]]:
    """(postcode, INSEE code, name), sorted by postcode: portal.kernel.values.postcodes searches by halves."""
    return sorted(
        (postcode, commune["code"], commune["nom"])
        for commune in _read(source / "communes.json")
        for postcode in commune.get("codesPostaux", ())
    )


def _departments(source: Path) -> Iterable[tuple[str, ...]]:
    """(code, name, region's code, region's name) of each department and overseas territory."""
    regions = {region["code"]: region["nom"] for region in _read(source / "regions.json")}
    return sorted(
        (department["code"], department["nom"], department["region"], regions[department["region"]])
        for department in _read(source / "departements.json")
    )


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _table(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


if __name__ == "__main__":
    main()
