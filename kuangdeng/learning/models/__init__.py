"""Tables of learning: those of its parts, so that Django finds them."""

import kuangdeng.learning.attendance.models
import kuangdeng.learning.bookroom.models
import kuangdeng.learning.certificates.models
import kuangdeng.learning.classes.models
import kuangdeng.learning.files.models
import kuangdeng.learning.items.models
import kuangdeng.learning.study.models  # noqa: F401
