"""What learning does by itself: the worker looks for jobs here."""

from kuangdeng.learning.bookroom.jobs import tend_books  # noqa: F401
from kuangdeng.learning.campaigns.jobs import remind_campaigns  # noqa: F401
from kuangdeng.learning.certificates.jobs import tend_certificates  # noqa: F401
from kuangdeng.learning.exams.jobs import draw_exam, tend_exams  # noqa: F401
from kuangdeng.learning.items.jobs import (  # noqa: F401
    find_twins,
    go_on_importing,
    pick_up_imports,
)
from kuangdeng.learning.talks.jobs import tend_talks  # noqa: F401
from kuangdeng.learning.topics.jobs import tend_topics  # noqa: F401
