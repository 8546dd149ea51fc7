"""访问令牌: with one a program acts as its person."""

from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.models import ApiToken, Person
from kuangdeng.org.queries import may
from kuangdeng.org.services._steps import enter, locked_person, need
from kuangdeng.org.tokens import new_secret, token_digest

MOST = 20
LONGEST_DAYS = 366 * 2


@verb
def create_token(*, name: str, expires_on: date | None, by: Person) -> tuple[ApiToken, str]:
    """Make a token for a program that acts as oneself (新建访问令牌); its text is returned once, only its digest is kept.

    Refused for a day that is past or over two years away, and beyond twenty tokens at a time.
    """
    person = locked_person(by.id, by)
    name = need(name, _("请写明令牌给谁用、做什么用。"), field="name")
    if expires_on is not None and not clock.today() < expires_on <= clock.today() + timedelta(days=LONGEST_DAYS):
        raise Refused(_("有效期要在明天到两年之内。请检查日期。"), field="expires_on")
    if ApiToken.objects.filter(person=person, revoked_at=None).count() >= MOST:
        raise Refused(_("您已有 %(n)d 个令牌。请先停用不用的。") % {"n": MOST}, code="too_many")
    secret = new_secret()
    token = ApiToken.objects.create(
        person=person, name=name, digest=token_digest(secret), expires_on=expires_on, created_at=clock.now()
    )
    enter(
        "token.create", person, by, payload={"token": str(token.id), "name": name, "expires_on": str(expires_on or "")}
    )
    return token, secret


@verb
def revoke_token(token_id: UUID, *, by: Person) -> None:
    """Stop a token at once (停用访问令牌): one's own, or as administrator somebody else's."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("person__unit").filter(id=token_id).first()
    if token is None or token.person.mine_id != by.mine_id:
        raise NotVisible
    if token.person_id != by.id and not may(by, "org.manage", token.person.unit):
        raise NotVisible
    if token.revoked_at is not None:
        raise Refused(_("这个令牌已经停用了。"), code="gone")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    enter("token.revoke", token.person, by, payload={"token": str(token.id), "name": token.name})
