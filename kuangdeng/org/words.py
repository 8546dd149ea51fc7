"""How the ledger lines of the organisation are read aloud."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import declare_words
from kuangdeng.org.models import CalendarDay, Unit
from kuangdeng.org.rules import ROLE_LABELS

VERBS = {
    "org.found": _("建立本矿"),
    "org.resume_founding": _("继续建矿"),
    "org.set_up": _("初始化班制和日历"),
    "org.open_sample": _("开放示例矿"),
    "org.import": _("导入单位、职工、地点"),
    "org.set_day": _("登记放假或调休"),
    "org.drop_day": _("删除日历日期"),
    "org.import_days": _("导入日历"),
    "org.confirm_year": _("核对日历"),
    "org.add_scheme": _("新增班制"),
    "org.change_scheme": _("修改班制"),
    "org.put_on_scheme": _("执行班制"),
    "org.take_off_scheme": _("取消班制变更"),
    "org.add_place": _("新增地点"),
    "org.change_place": _("修改地点"),
    "org.rename_place": _("地点改名"),
    "org.move_place": _("调整地点上级"),
    "org.close_place": _("停用地点"),
    "org.reopen_place": _("恢复使用地点"),
    "org.confirm_place": _("确认地点"),
    "org.add_alias": _("登记地点别名"),
    "org.remove_alias": _("删除地点别名"),
    "org.merge_proposal": _("合并地点写法"),
    "org.place_from_proposal": _("写法立为新地点"),
    "org.drop_proposal": _("标为不是地点"),
    "person.add": _("新增职工"),
    "person.change": _("修改职工资料"),
    "person.move": _("职工调动"),
    "person.leave": _("职工离矿"),
    "password.change": _("修改密码"),
    "password.reset": _("重置密码"),
    "password.issue": _("发放初始密码"),
    "role.grant": _("授予角色"),
    "role.end": _("收回角色"),
    "session.end": _("退出登录设备"),
    "token.create": _("发放接口令牌"),
    "token.revoke": _("收回接口令牌"),
    "unit.add": _("新增单位"),
    "unit.rename": _("单位更名"),
    "unit.change": _("修改单位"),
    "unit.move": _("单位改隶"),
    "unit.close": _("撤销单位"),
    "unit.branch": _("设置党支部"),
}

FIELDS = {
    "schemes": _("班制数"),
    "days": _("日历天数"),
    "kind": _("类别"),
    "name": _("名称"),
    "confirmed": _("已确认"),
    "years": _("年份"),
    "year": _("年份"),
    "shifts": _("班次"),
    "default": _("全矿默认"),
    "from": _("起"),
    "to": _("止"),
    "unit": _("单位"),
    "units": _("单位数"),
    "before": _("原来"),
    "spelling": _("写法"),
    "seen": _("出现次数"),
    "on": _("日期"),
    "below": _("下级数"),
    "number": _("工号"),
    "trade": _("工种"),
    "post": _("岗位"),
    "changed": _("修改内容"),
    "from_unit": _("原单位"),
    "to_unit": _("新单位"),
    "persons": _("人数"),
    "role": _("角色"),
    "sessions": _("设备数"),
    "expires_on": _("有效期至"),
    "parent": _("上级"),
    "unit.move.from": _("原上级"),
    "unit.move.to": _("新上级"),
    "roles_ended": _("同时收回的角色数"),
    "code": _("代码"),
    "administrator": _("系统管理员"),
    "file": _("文件"),
    "rows": _("行数"),
    "wrong": _("有问题的行"),
    **{
        f"{kind}_{what}": format_lazy("{}{}", word, how)
        for kind, word in {
            "units": _("单位"),
            "persons": _("职工"),
            "places": _("地点"),
        }.items()
        for what, how in {
            "new": _("新增"),
            "changed": _("更新"),
            "same": _("未变"),
        }.items()
    },
}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=VERBS,
        subjects={
            "mine": _("矿"),
            "unit": _("单位"),
            "person": _("职工"),
            "place": _("地点"),
            "place_proposal": _("地点写法"),
            "shift_scheme": _("班制"),
            "calendar": _("日历"),
        },
        fields=FIELDS,
        values={
            "role": ROLE_LABELS,
            "unit.add.kind": dict(Unit.Kind.choices),
            "org.set_day.kind": dict(CalendarDay.Kind.choices),
            "org.drop_day.kind": dict(CalendarDay.Kind.choices),
        },
        hidden={"grant", "token", "org.import.run", "org.import.sha256"},
    )
