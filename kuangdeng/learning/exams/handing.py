"""抽题备卷 as a step: the forms of an exam are drawn and handed to its sittings."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errands import counted
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


PIECE = 500


def give_forms(exam: Exam, sittings: Sequence[Sitting]) -> list[ExamForm]:
    """Draw the forms that are missing and hand them to these sittings, in the verb's transaction."""
    if exam.per_person and sittings:
        return _one_each(exam, sittings)
    form = one_of(exam.forms.all()) or _one_for_all(exam, len(sittings))
    for one in sittings:
        one.form = form
    Sitting.objects.filter(id__in=[one.id for one in sittings]).update(form=form)
    return [form]


def _one_for_all(exam: Exam, people: int) -> ExamForm:
    parts = _parts(exam)
    shunned = set[UUID]().union(*items_met(exam).values())
    drawn = fair_draw(parts, seed_of(exam.seed, "all"), shunned, middle(parts))
    form = _form_of(exam, 1, drawn)
    form.save(force_insert=True)
    note_uses(pools.uses_of({line.version_id: max(1, people) for line in drawn.lines}))
    return form


def _one_each(exam: Exam, sittings: Sequence[Sitting]) -> list[ExamForm]:
    """每人一卷: drawn, written and handed out piece by piece, so that who waits for thousands sees how far it is."""
    parts, met, number = _parts(exam), items_met(exam), exam.forms.count()
    aim, uses, forms, going = middle(parts), Counter[UUID](), list[ExamForm](), counted(sittings)
    while piece := list(islice(going, PIECE)):
        for one in piece:
            drawn = fair_draw(parts, seed_of(exam.seed, one.id), met.get(one.person_id, ()), aim)
            uses.update(line.version_id for line in drawn.lines)
            one.form = _form_of(exam, number := number + 1, drawn)
            forms.append(one.form)
        ExamForm.objects.bulk_create(forms[-len(piece) :])
        Sitting.objects.bulk_update(piece, ["form"])
    note_uses(pools.uses_of(uses))
    return forms


def _form_of(exam: Exam, number: int, drawn: Drawn) -> ExamForm:
    """A drawn paper as it is kept."""
    lines = [[str(line.version_id), str(line.marks)] for line in drawn.lines]
    whole = sum((line.marks for line in drawn.lines), Decimal(0))
    return ExamForm(
        exam=exam, number=number, lines=lines, marks=whole, expected=drawn.expected, seed=drawn.seed,
        digest=digest(lines),
    )  # fmt: skip
