"""The sample mine (示例矿): open to whoever looks at the product."""

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.models import Mine, Person
from kuangdeng.org.services._steps import enter


@verb
def open_sample(mine: Mine, *, password: str) -> int:
    """Give everybody of the sample mine one password, without a change at the first sign-in (开放示例矿).

    The last step of loading it: its ledger line says that the sample is complete. Refused for a real mine.
    """
    if not mine.is_sample:
        raise Refused(_("只有示例矿才能给所有人设置同一个密码。"), code="not_a_sample")
    opened = Person.objects.filter(mine=mine).update(
        password=make_password(password), must_change_password=False, password_changed_at=clock.now()
    )
    enter("org.open_sample", mine, None, payload={"persons": opened})
    return opened
