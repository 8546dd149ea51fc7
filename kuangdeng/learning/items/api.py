"""Front door of the item bank, for exams, the daily item, the home page, the documents and the demo mine.

How an exam uses it: `pool` (ordered by id) → `draw` with its seed → keep `item.current_id` per line; show
`asked(version.content, seed_of(exam, person, item))`; keep what the learner sends, in the names that he was shown;
`unmask` it with the same seed; `mark` that with the `Policy` that the exam kept → `points` of the version's marks;
`note_uses` once when a paper is given out. On paper the shown names are the printed letters.
"""

from kuangdeng.learning.items.answering import answer_from, sheet
from kuangdeng.learning.items.importing import Choice
from kuangdeng.learning.items.models import Item, ItemBank, ItemCategory, ItemVersion
from kuangdeng.learning.items.queries import (
    banks_of,
    categories_of,
    get_item,
    picture_of,
    policy_of,
    pool,
    sorted_under,
    sortings,
    versions,
    waiting_rows,
)
from kuangdeng.learning.items.rules import (
    DIFFICULTY_LABELS,
    FLOW,
    KIND_LABELS,
    STATUS_LABELS,
    TYPE_LABELS,
    ItemType,
    Kind,
    Policy,
    Status,
    is_marked_by_person,
    mark,
)
from kuangdeng.learning.items.rules.content import clean_answer, pictures_of, right_answer
from kuangdeng.learning.items.rules.folding import BLANK
from kuangdeng.learning.items.rules.marking import percent, points
from kuangdeng.learning.items.rules.shuffling import (
    asked,
    draw,
    masked,
    order_of_options,
    seed_of,
    shuffled,
    unmask,
    with_key,
)
from kuangdeng.learning.items.sample import BANK, sample_file
from kuangdeng.learning.items.services import ItemData, save_bank, submit, write
from kuangdeng.learning.items.transfer import import_items
from kuangdeng.learning.items.usage import note_uses
from kuangdeng.learning.items.wording import answer_words, key_words

__all__ = [
    "BANK",
    "BLANK",
    "DIFFICULTY_LABELS",
    "FLOW",
    "KIND_LABELS",
    "STATUS_LABELS",
    "TYPE_LABELS",
    "Choice",
    "Item",
    "ItemBank",
    "ItemCategory",
    "ItemData",
    "ItemType",
    "ItemVersion",
    "Kind",
    "Policy",
    "Status",
    "answer_from",
    "answer_words",
    "asked",
    "banks_of",
    "categories_of",
    "clean_answer",
    "draw",
    "get_item",
    "import_items",
    "is_marked_by_person",
    "key_words",
    "mark",
    "masked",
    "note_uses",
    "order_of_options",
    "percent",
    "picture_of",
    "pictures_of",
    "points",
    "policy_of",
    "pool",
    "right_answer",
    "sample_file",
    "save_bank",
    "seed_of",
    "sheet",
    "shuffled",
    "sorted_under",
    "sortings",
    "submit",
    "unmask",
    "versions",
    "waiting_rows",
    "with_key",
    "write",
]
