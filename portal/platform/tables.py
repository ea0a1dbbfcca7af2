"""Lists: sorting, filtering, paging, with the state in the address so that every list works by plain links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import db
from portal.kernel.values.numbers import whole

T = TypeVar("T")
SIZE = 50
LARGEST_PAGE = 10_000


def page_number(text: str) -> int:
    """The page that an address asks for; the first when it is no page."""
    return min(max(whole(text) or 1, 1), LARGEST_PAGE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks of a list: page, order and filters, already made safe."""

    number: int = 1
    sort: str = ""
    descending: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, *, sorts: Sequence[str], filters: Sequence[str] = ()) -> "Wish":
        """From the request; an unknown order or a page that is no number falls back to the first."""
        asked = request.args
        sort = asked.get("tri", "")
        return cls(
            number=page_number(asked.get("page", "")),
            sort=sort if sort in sorts else sorts[0],
            descending=asked.get("ordre") == "desc",
            query={name: asked[name].strip()[:80] for name in filters if asked.get(name, "").strip()},
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and what is needed to go to the others."""

    rows: Sequence[T]
    total: int
    number: int
    sort: str
    descending: bool
    query: Mapping[str, str]
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    def url(self, **changes: Any) -> str:
        """The address of this list with something changed: `page.url(page=2)`."""
        state: dict[str, Any] = {
            **self.query,
            "tri": self.sort,
            "ordre": "desc" if self.descending else None,
            "page": self.number,
        }
        return url_for(request.endpoint or "", **{**(request.view_args or {}), **state, **changes})

    def sorted_url(self, key: str) -> str:
        """The address that sorts by `key`, or turns the order round if it already does."""
        down = "desc" if key == self.sort and not self.descending else None
        return self.url(tri=key, ordre=down, page=1)


def paged(
    statement: Select[Any],
    wish: Wish,
    *,
    sorts: Mapping[str, InstrumentedAttribute[Any]],
    tie: InstrumentedAttribute[Any],
    bare: Select[Any] | None = None,
) -> Page[Any]:
    """Two statements, whatever the size: the rows of the page, and their total over the whole list.

    `bare`: the same rows without what only adds columns to them, which count quicker.
    """
    order, counted = sorts[wish.sort], statement if bare is None else bare
    total = db.session.scalar(counted.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0
    rows = db.session.execute(
        statement.order_by(order.desc() if wish.descending else order.asc(), tie)
        .limit(SIZE)
        .offset((wish.number - 1) * SIZE)
    ).all()
    return Page(
        rows=rows, total=total, number=wish.number, sort=wish.sort, descending=wish.descending, query=wish.query
    )


def paged_at_once(
    statement: Select[Any],
    wish: Wish,
    *,
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    size: int = SIZE,
) -> Page[Any]:
    """One statement: each row carries the total of the list. For lists of some hundreds, beside other statements.

    The caller gives the whole order, which must end with something unique.
    """
    rows = db.session.execute(
        statement.add_columns(func.count().over().label("whole"))
        .order_by(*order)
        .limit(size)
        .offset((wish.number - 1) * size)
    ).all()
    past_the_end = not rows and wish.number > 1
    if past_the_end:
        return paged_at_once(statement, replace(wish, number=1), order=order, size=size)
    total = rows[0].whole if rows else 0
    return Page(
        rows=rows,
        total=total,
        number=wish.number,
        sort=wish.sort,
        descending=wish.descending,
        query=wish.query,
        size=size,
    )
