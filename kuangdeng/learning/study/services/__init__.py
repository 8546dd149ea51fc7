"""The verbs of study."""

from kuangdeng.learning.study.services.files import add_material, add_photos, remove_material, remove_photo
from kuangdeng.learning.study.services.kinds import save_kind, set_up_study
from kuangdeng.learning.study.services.sessions import (
    approve,
    cancel,
    change,
    choose,
    finish,
    notify,
    plan,
    send_back,
    write_record,
)

__all__ = [
    "add_material",
    "add_photos",
    "approve",
    "cancel",
    "change",
    "choose",
    "finish",
    "notify",
    "plan",
    "remove_material",
    "remove_photo",
    "save_kind",
    "send_back",
    "set_up_study",
    "write_record",
]
