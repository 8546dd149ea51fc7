"""Results for the tests of this part and of those above."""

from kuangdeng.learning.exams import testkit as exams
from kuangdeng.learning.exams.api import Exam, publish
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, after, all_right, begun, give, sitting_of
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.items.testkit import MULTIPLE, SINGLE, TRUE_FALSE, data_of, items_in_use
from kuangdeng.learning.results import services
from kuangdeng.learning.results.models import Regrade
from kuangdeng.org.testkit import Cast

CONTENTS = [SINGLE, MULTIPLE, TRUE_FALSE]


def over(cast: Cast, *, published: bool = True, title: str = "防治水轮训结业考试") -> Exam:
    """Three items of two marks, bar 80: the head all right, the miner only the first right, the other never came."""
    from kuangdeng.learning.exams.api import close, hand_in

    paper = a_paper(
        cast, f"{title}卷", items=items_in_use(cast, [{**one, "stem": f"{title}：{one['stem']}"} for one in CONTENTS])
    )
    people = [cast.miner, cast.other_miner, cast.unit_head]
    exam = a_drawn_exam(cast, paper, people=people, title=title)
    for person, lines in ((cast.miner, 1), (cast.unit_head, 3)):
        sitting = begun(cast, exam, person)
        give(sitting, {line: answer for line, answer in all_right(sitting).items() if line < lines})
        hand_in(sitting.id, by=person)
    with after(exam):
        exam = close(exam.id, by=cast.training_officer)
        return publish(exam.id, by=cast.training_officer) if published else exam


def version_at(exam: Exam, line: int) -> ItemVersion:
    """What was asked at this place."""
    form = exam.forms.order_by("number").first()
    assert form is not None
    return ItemVersion.objects.select_related("item").get(id=form.lines[line][0])


def key_put_right(cast: Cast, asked: ItemVersion, correct: object) -> ItemVersion:
    """A later version with another key, reviewed and put into use by others than its author."""
    from kuangdeng.learning.items import services as items

    data = data_of(cast, {**asked.content, "correct": correct})
    item = items.revise(asked.item_id, data=data, why="答案印错了", by=cast.teacher)
    item = items.submit(item.id, by=cast.teacher)
    item = items.review(item.id, version_id=item.latest_id, by=cast.training_officer)
    return items.put_in_use(item.id, by=cast.training_officer).latest


def proposed(cast: Cast, exam: Exam | None = None) -> Regrade:
    """A regrading that waits: the true/false item was right after all, says the teacher."""
    asked = version_at(exam or over(cast), 2)
    key = key_put_right(cast, asked, True)
    return services.propose(asked_id=asked.id, key_id=key.id, why="规程修订后这句话是对的", by=cast.teacher)


__all__ = ["exams", "key_put_right", "over", "proposed", "sitting_of", "version_at"]
