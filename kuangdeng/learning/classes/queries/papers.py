"""Files that hang on lessons, so that nobody sweeps them away."""

from collections.abc import Iterable

from kuangdeng.learning.classes.models import Handout


def handouts_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a lesson hands out."""
    return set(Handout.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))
