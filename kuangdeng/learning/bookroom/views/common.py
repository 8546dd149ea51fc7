"""What the pages of the book rooms share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.org.api import Person, has_power


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of the book rooms that this person may use."""
    names = {
        "books": _("书目"), "my_books": _("我的借阅"), "reading_notes": _("读书心得"), "popular_books": _("本月热门"),
        "desk": _("服务台"), "book_loans": _("借阅登记"), "book_work": _("编目和管理"),
    }  # fmt: skip
    powers = {"desk": "book.lend", "book_loans": "book.lend", "book_work": "book.catalogue"}
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, label in names.items()
        if has_power(person, powers.get(name, "book.read"))
    ]
