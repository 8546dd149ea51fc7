"""What a title consists of, and the barcodes of its copies: steps of cataloguing and of imports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import compact
from kuangdeng.learning.bookroom import barcode as bars
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import Room, Title
from kuangdeng.learning.bookroom.queries import known_barcodes


@dataclass(frozen=True)
class TitleData:
    """What is known of a title."""

    title: str
    isbn: str = ""
    subtitle: str = ""
    author: str = ""
    publisher: str = ""
    place: str = ""
    year: str = ""
    edition: str = ""
    pages: str = ""
    price: str = ""
    series: str = ""
    language: str = "chi"
    class_number: str = ""
    subjects: Sequence[str] = field(default_factory=list)
    summary: str = ""
    remark: str = ""


def values_of(data: TitleData) -> dict[str, object]:
    """The columns of a title, those that are derived included. Refused when the ISBN is none."""
    try:
        isbn = rules.clean_isbn(data.isbn)
    except ValueError:
        raise Refused(
            _("ISBN 的校验位不对，可能抄错了一位。请对照书后的条码再看一遍；没有 ISBN 的可以留空。"),
            field="isbn",
            code="isbn",
        ) from None
    values = {**asdict(data), "isbn": isbn}
    for name, value in values.items():
        if isinstance(value, str) and name != "summary":
            values[name] = value.strip()[: getattr(Title._meta.get_field(name), "max_length", None)]
    number = rules.search_text(str(values["class_number"])).upper()
    subjects = [one.strip()[:100] for one in data.subjects if one.strip()]
    return {
        **values,
        "class_number": number,
        "main_class": rules.main_class(number),
        "subjects": subjects,
        "work_key": rules.work_key(data.title, data.author)[:700],
        "search_text": rules.search_text(
            data.title, data.subtitle, data.author, data.publisher, isbn, number, data.series, *subjects
        ),
    }


def next_barcodes(room: Room, count: int) -> list[str]:
    """So many fresh barcodes of a locked room: its two digits and six more. Numbers that a file brought are passed."""
    made: list[str] = []
    number = room.next_number
    while len(made) < count:
        wanted = [f"{room.code}{number + ahead:06d}" for ahead in range(count - len(made))]
        number += len(wanted)
        known = known_barcodes(room.mine_id, wanted)
        made += [one for one in wanted if one not in known]
    room.next_number = number
    room.save(update_fields=["next_number"])
    return made


def checked_barcodes(barcodes: Sequence[str], mine_id: UUID) -> list[str]:
    """Barcodes that are on the books already. Refused when one cannot be printed, stands twice or belongs to another."""
    found = list(dict.fromkeys(compact(one) for one in barcodes if compact(one)))
    for one in found:
        try:
            bars.code128_values(one)
        except ValueError:
            raise Refused(_("条码「%s」里有扫不出的字，只能用数字和英文字母。") % one, field="barcodes") from None
        if len(one) > 30:
            raise Refused(_("条码「%s」太长，最多 30 位。") % one, field="barcodes")
    known = known_barcodes(mine_id, found)
    if known:
        raise Refused(_("条码已经用在别的书上：%s。") % "、".join(sorted(known)[:5]), field="barcodes")
    return found
