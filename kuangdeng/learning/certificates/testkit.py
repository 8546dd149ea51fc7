"""Short ways to certificates, for the tests of this part and of those above."""

from datetime import date, timedelta
from io import BytesIO

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates import importing, services
from kuangdeng.learning.certificates.managers import Manager, managers
from kuangdeng.learning.certificates.models import Certificate, CertificateType
from kuangdeng.learning.certificates.services import CertificateData
from kuangdeng.learning.standards.api import months_later
from kuangdeng.org.api import ImportRun
from kuangdeng.org.testkit import Cast

GAS = "煤矿瓦斯检查作业"
SHEET = """工号,姓名,证照种类,证号,发证机关,初领日期,有效期起,有效期止
1001,王铁柱,瓦斯检查,T001,示例发证机关,2022-03-01,2022-03-01,2028-02-28
1999,查无此人,瓦斯检查,T002,,,,2028-02-28
"""


def kind_in(cast: Cast, name: str = GAS) -> CertificateType:
    """A kind of certificate."""
    if not CertificateType.objects.filter(mine=cast.mine).exists():
        services.set_up_certificates(mine=cast.mine, by=cast.administrator)
    return CertificateType.objects.get(mine=cast.mine, name=name)


def data_for(
    cast: Cast, *, until: date | None = None, number: str = "T1001", review_by: date | None = None
) -> CertificateData:
    """A certificate that was issued five years ago."""
    begin = clock.today() - timedelta(days=5 * 365)
    return CertificateData(
        kind_in(cast).id, number, begin, begin, until or clock.today() + timedelta(days=365), "示例发证机关", review_by
    )


def certificate_in(cast: Cast, *, part: str = "miner", days: int = 365, number: str = "") -> Certificate:
    """Somebody's certificate that runs out in so many days."""
    person = cast.persons[part]
    data = data_for(cast, until=clock.today() + timedelta(days=days), number=number or f"T{person.number}")
    return services.issue_certificate(person_id=person.id, data=data, by=cast.training_officer)


def in_office_for(cast: Cast, *, months: int, part: str = "unit_head") -> Manager:
    """Somebody who took his office so many months ago, as he stands with his assessment."""
    person = cast.persons[part]
    person.grants.update(valid_from=months_later(clock.today(), -months))
    return managers(cast.mine.id, person.id)[0]


def previewed(cast: Cast, text: str = SHEET) -> ImportRun:
    """A list of certificates, read for its preview."""
    kind_in(cast)
    return importing.take_in(BytesIO(text.encode()), name="特种作业证台账.csv", by=cast.training_officer)
