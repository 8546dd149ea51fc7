"""Tables of learning: those of its parts, so that Django finds them."""

import kuangdeng.learning.bookroom.models
import kuangdeng.learning.items.models
import kuangdeng.learning.practice.models  # noqa: F401
