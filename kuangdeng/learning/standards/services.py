"""Saying what a number of the training rules is."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import source_of
from kuangdeng.learning.standards.models import TrainingRule
from kuangdeng.learning.standards.rules import NUMBERS
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person, has_power


@verb
def save_training_rule(
    *, key: str, valid_from: date, value: Decimal, source: str, confirmed: bool, by: Person
) -> TrainingRule:
    """Say what a number of the training rules is from a day on, by which paper, and whether it was checked (设置培训规定).

    Refused for an unknown number, one that makes no sense, or without a source when it is called confirmed.
    """
    if not has_power(by, "standard.set"):
        raise Refused(_("您没有权限设置培训规定。请联系培训科。"), code="not_allowed")
    if key not in NUMBERS:
        raise Refused(_("请选一条规定。"), field="key")
    most = NUMBERS[key].most
    if not 0 <= value <= most:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 0, "most": most}, field="value")
    words = source_of(source, confirmed=confirmed)
    row, _new = TrainingRule.objects.update_or_create(
        mine_id=by.mine_id, key=key, valid_from=valid_from,
        defaults={"value": value, "source": words, "confirmed": confirmed},
    )  # fmt: skip
    with in_chinese():
        label = str(NUMBERS[key].label)
    told = {"value": str(value), "valid_from": valid_from.isoformat(), "source": words, "confirmed": confirmed}
    post("training.save_rule", Subject("training_rule", str(row.pk), label), mine_id=by.mine_id, by=by, payload=told)
    return row
