"""The verbs of the item bank: 出题、送审、审定、启用、停用、合并, importing, and what the mine sets."""

from kuangdeng.learning.items.services.authoring import ItemData, bring_back, classify, revise, submit, write
from kuangdeng.learning.items.services.importing import check_choice, write_import
from kuangdeng.learning.items.services.review import put_in_use, retire, review, send_back
from kuangdeng.learning.items.services.settings import save_bank, save_category, save_policy
from kuangdeng.learning.items.services.twins import find_twins, merge, tell_apart

__all__ = [
    "ItemData",
    "bring_back",
    "check_choice",
    "classify",
    "find_twins",
    "merge",
    "put_in_use",
    "retire",
    "review",
    "revise",
    "save_bank",
    "save_category",
    "save_policy",
    "send_back",
    "submit",
    "tell_apart",
    "write",
    "write_import",
]
