"""Tables of learning: those of its parts, so that Django finds them."""

import kuangdeng.learning.bookroom.models
import kuangdeng.learning.garden.models
import kuangdeng.learning.items.models
import kuangdeng.learning.practice.models
import kuangdeng.learning.topics.models  # noqa: F401
