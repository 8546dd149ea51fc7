"""Sentences of the roster: why somebody could not be placed, and what helps."""

from django.utils.translation import gettext as _

from kuangdeng.learning.classes.rostering import Left
from kuangdeng.org.api import Person


def why_left(left: Left, person: Person, where: str = "") -> str:
    """Why there is no seat for him, with the number of the rule and what to do."""
    unit = person.unit.full_name if person.unit else ""
    main = person.unit.parent.name if person.unit and person.unit.parent else unit
    words = {"unit": unit, "main": main, "size": left.size, "most": left.most, "trade": person.trade, "where": where,
             "name": person.name}  # fmt: skip
    said = {
        "busy": _("%(name)s要上%(where)s的课，时间冲突。请错开时间或换一批。"),
        "seats": _("各批座位都满了。请加座位或加一批。"),
        "crew": _("%(unit)s在册 %(size)d 人，规定每批最多抽 %(most)d 人，各批都已抽满。请加一批，或换批调整。"),
        "unit": _("%(main)s在册 %(size)d 人，规定每批最多抽 %(most)d 人，各批都已抽满。请加一批。"),
        "trade": _("%(unit)s只有 %(size)d 名%(trade)s，规定至少留 %(most)d 人在岗，抽走后没有人顶岗。请先安排替班。"),
    }
    return said.get(left.code, _("没有可以编的批次。")) % words
