"""The moment before each verb of the certificates, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates import services
from kuangdeng.learning.certificates.testkit import certificate_in, data_for, in_office_for, kind_in, previewed
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def set_up_certificates(cast: Cast) -> Run:
    return lambda: services.set_up_certificates(mine=cast.mine, by=cast.administrator)


def save_type(cast: Cast) -> Run:
    data = services.TypeData("煤矿爆炸物品保管", trades=["库管员"], source="矿发〔2026〕示例号", confirmed=True)
    return lambda: services.save_type(data=data, by=cast.training_officer)


def issue_certificate(cast: Cast) -> Run:
    data = data_for(cast)
    return lambda: services.issue_certificate(person_id=cast.miner.id, data=data, by=cast.training_officer)


def renew_certificate(cast: Cast) -> Run:
    one = certificate_in(cast, days=20)
    until = clock.today() + timedelta(days=6 * 365)
    return lambda: services.renew_certificate(one.id, on=clock.today(), valid_until=until, by=cast.training_officer)


def correct_certificate(cast: Cast) -> Run:
    one = certificate_in(cast)
    data = data_for(cast, number="T9999")
    return lambda: services.correct_certificate(one.id, data=data, reason="证号录错一位", by=cast.training_officer)


def revoke_certificate(cast: Cast) -> Run:
    one = certificate_in(cast)
    return lambda: services.revoke_certificate(one.id, reason="转岗，交回证件", by=cast.training_officer)


def remind(cast: Cast) -> Run:
    one = certificate_in(cast, days=25)
    return lambda: services.remind(one.id, due_on=one.valid_until, step=30)


def remind_manager(cast: Cast) -> Run:
    head = in_office_for(cast, months=5)
    return lambda: services.remind_manager(head.person.id, due_on=head.due_on, step=30)


def confirm_import(cast: Cast) -> Run:
    run = previewed(cast)
    return lambda: services.confirm_import(run.id, by=cast.training_officer)


def drop_import(cast: Cast) -> Run:
    run = previewed(cast)
    return lambda: services.drop_import(run.id, by=cast.training_officer)


def publish_barred(cast: Cast) -> Run:
    kind_in(cast)
    return lambda: services.publish_barred(month=clock.today(), by=cast.training_officer)


def save_surface_trades(cast: Cast) -> Run:
    return lambda: services.save_surface_trades(
        trades=["司炉工", "矿灯充电工"], surface=True, valid_from=clock.today(), source="矿劳资〔2026〕示例号", confirmed=True,
        by=cast.training_officer,
    )  # fmt: skip


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    name: thing for name, thing in list(globals().items()) if name in services.__all__ and callable(thing)
}
