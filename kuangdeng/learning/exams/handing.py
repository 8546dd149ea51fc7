"""抽题备卷 as a step: the forms of an exam are drawn and handed to its sittings."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.exams import pools
from kuangdeng.learning.exams.drawing import Drawn, Part, fair_draw, middle, short_of
from kuangdeng.learning.exams.models import Exam, ExamForm, Sitting
from kuangdeng.learning.exams.queries import items_met, measured_ease
from kuangdeng.learning.exams.rules import digest
from kuangdeng.learning.items.api import note_uses, seed_of


def _parts(exam: Exam) -> list[Part]:
    parts = pools.parts_of(exam.paper, measured_ease(exam.mine_id))
    if not parts or any(short_of(parts)):
        raise Refused(
            _("试卷「%s」的题已经不够：有题停用了。请退回试卷修改后再备卷。") % exam.paper.title, field="paper"
        )
    return parts


def give_forms(exam: Exam, sittings: Sequence[Sitting]) -> list[ExamForm]:
    """Draw the forms that are missing and hand them to these sittings, in the verb's transaction."""
    if not exam.per_person and (form := one_of(exam.forms.all())) is not None:
        forms = [form]
    else:
        parts = _parts(exam)
        aim = middle(parts)
        start = exam.forms.count()
        if exam.per_person and sittings:
            avoid = items_met(exam)
            drawn = [
                fair_draw(parts, seed_of(exam.seed, one.id), avoid.get(one.person_id, ()), aim) for one in sittings
            ]
        else:
            shunned = {item for items in items_met(exam).values() for item in items}
            drawn = [fair_draw(parts, seed_of(exam.seed, "all"), shunned, aim)]
        forms = [_form_of(exam, number, one) for number, one in enumerate(drawn, start + 1)]
        ExamForm.objects.bulk_create(forms, batch_size=500)
        uses = Counter(line.version_id for one in drawn for line in one.lines)
        people = 1 if exam.per_person else max(1, len(sittings))
        note_uses(pools.uses_of({version: count * people for version, count in uses.items()}))
    for at, one in enumerate(sittings):
        one.form = forms[at if exam.per_person else 0]
    if exam.per_person:
        Sitting.objects.bulk_update(sittings, ["form"], batch_size=500)
    else:
        Sitting.objects.filter(id__in=[one.id for one in sittings]).update(form=forms[0])
    return forms


def _form_of(exam: Exam, number: int, drawn: Drawn) -> ExamForm:
    """A drawn paper as it is kept."""
    lines = [[str(line.version_id), str(line.marks)] for line in drawn.lines]
    whole = sum((line.marks for line in drawn.lines), Decimal(0))
    return ExamForm(
        exam=exam, number=number, lines=lines, marks=whole, expected=drawn.expected, seed=drawn.seed,
        digest=digest(lines),
    )  # fmt: skip
