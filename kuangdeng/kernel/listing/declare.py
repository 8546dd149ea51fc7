"""What a domain says about its register: columns, ready-made views, bulk verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    from kuangdeng.kernel.listing.filters import Filter
    from kuangdeng.kernel.listing.page import Listing

SortBy = str | Combinable


@dataclass(frozen=True)
class Column:
    """One column.

    `value` is a path over attributes ("unit.name") or a function of the row; it may return safe markup. `sort` is a
    field path or expression that the database can order by. `export` is False, True (same value) or a function that
    gives the plain value. `phone` says what becomes of the cell on a card: title, chip, meta, line or hide.
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] | None = None
    sort: SortBy | None = None
    align: str = "left"
    width: str = ""
    export: bool | Callable[[Any], Any] = True
    phone: str = "meta"
    link: bool = False
    show: bool = True
    label_on_phone: bool = True


@dataclass(frozen=True)
class View:
    """A ready-made view of a register: a name for a query."""

    label: str
    query: str = ""


@dataclass(frozen=True)
class Bulk:
    """A verb over the ticked rows. It posts `ids` to `url`; a dialog says `confirm` first.

    With `asks` the dialog gets its fields by GET from the same `url` when it is opened: most lists are only read.
    """

    key: str
    label: str
    url: str
    icon: str = ""
    primary: bool = False
    danger: bool = False
    confirm: str = ""
    asks: bool = False


@dataclass(frozen=True)
class Register:
    """The declaration of one list page; `noun` ends its sentence (显示 全部单位 的 隐患)."""

    key: str
    title: str
    columns: Sequence[Column]
    noun: str = ""
    filters: Sequence[Filter] = ()
    views: Sequence[View] = ()
    bulk: Sequence[Bulk] = ()
    default_sort: str = ""
    row_url: Callable[[Any], str] | None = None
    row_late: Callable[[Any], bool] | None = None
    row_id: Callable[[Any], Any] = field(default=lambda row: row.pk)
    rows: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda qs: qs)
    """What a page's rows need, as a queryset reads it."""
    export_rows: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    """What the lines of a file need, when that is more."""
    enrich: Callable[[list[Any]], Any] | None = None
    empty_title: str = ""
    empty_text: str = ""
    empty_url: str = ""
    empty_label: str = ""
    sizes: Sequence[int] = (50, 100, 200)
    export: bool = True
    print_url: str = ""
    """A paper form of the same rows; it gets the list's query string."""
    saved_views: bool = True
    export_limit: int = 1_000_000

    def column(self, key: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((c for c in self.columns if c.key == key), None)

    def read(
        self,
        queryset: QuerySet[Any],
        params: Mapping[str, Any],
        *,
        path: str = "",
        owner: UUID | None = None,
        bulk: Sequence[Bulk] | None = None,
    ) -> Listing:
        """One page of this register for one address. `bulk` narrows the verbs to what this person may do."""
        from kuangdeng.kernel.listing.page import Listing

        return Listing(self, queryset, params, path=path, owner=owner, bulk=self.bulk if bulk is None else bulk)
