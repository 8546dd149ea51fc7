"""interim, not committed"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction


@dataclass(frozen=True)
class SignIn:
    role: str
    number: str
    password: str
    name: str


SIGN_INS = [SignIn("矿工", "1001", "kuangdeng-test", "王铁柱"), SignIn("安监人员", "3001", "kuangdeng-test", "周安平")]


def loaded() -> bool:
    from kuangdeng.org.api import Mine

    return Mine.objects.exists()


def load(progress: Callable[[int, int], None]) -> None:
    from kuangdeng.org.testkit import make_cast

    with transaction.atomic():
        make_cast()
    progress(1, 1)
