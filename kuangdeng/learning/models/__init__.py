"""Tables of learning: those of its parts, so that Django finds them."""

import kuangdeng.learning.attendance.models
import kuangdeng.learning.bookroom.models
import kuangdeng.learning.campaigns.models
import kuangdeng.learning.certificates.models
import kuangdeng.learning.classes.models
import kuangdeng.learning.exams.models
import kuangdeng.learning.files.models
import kuangdeng.learning.garden.models
import kuangdeng.learning.items.models
import kuangdeng.learning.practice.models
import kuangdeng.learning.results.models
import kuangdeng.learning.standards.models
import kuangdeng.learning.study.models
import kuangdeng.learning.talks.models
import kuangdeng.learning.topics.models  # noqa: F401
