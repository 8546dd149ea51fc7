"""Held back (谈心后才能开考): the talks open a make-up sitting once the talk is signed. A step inside their verb."""

from kuangdeng.learning.exams.models import Sitting
from kuangdeng.learning.exams.rules import Sat


def lift_hold(sitting: Sitting) -> bool:
    """Open a held sitting to its person; False when it is not held any more, or has begun."""
    return bool(Sitting.objects.filter(id=sitting.id, held=True, status=Sat.WAITING).update(held=False))
