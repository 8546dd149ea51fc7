"""How the ledger lines of the organisation are read aloud."""

from kuangdeng.ledger.api import declare_words
from kuangdeng.org.models import CalendarDay, Unit
from kuangdeng.org.rules import ROLE_LABELS

VERBS = {
    "org.found": "建立本矿",
    "org.set_up": "初始化班制和日历",
    "org.open_sample": "开放示例矿",
    "org.import": "导入单位、职工、地点",
    "org.set_day": "登记放假或调休",
    "org.drop_day": "删除日历日期",
    "org.import_days": "导入日历",
    "org.confirm_year": "核对日历",
    "org.add_scheme": "新增班制",
    "org.change_scheme": "修改班制",
    "org.put_on_scheme": "执行班制",
    "org.take_off_scheme": "取消班制变更",
    "org.add_place": "新增地点",
    "org.change_place": "修改地点",
    "org.rename_place": "地点改名",
    "org.move_place": "调整地点上级",
    "org.close_place": "停用地点",
    "org.reopen_place": "恢复使用地点",
    "org.confirm_place": "确认地点",
    "org.add_alias": "登记地点别名",
    "org.remove_alias": "删除地点别名",
    "org.merge_proposal": "合并地点写法",
    "org.place_from_proposal": "写法立为新地点",
    "org.drop_proposal": "标为不是地点",
    "person.add": "新增职工",
    "person.change": "修改职工资料",
    "person.move": "职工调动",
    "person.leave": "职工离矿",
    "password.change": "修改密码",
    "password.reset": "重置密码",
    "password.issue": "发放初始密码",
    "role.grant": "授予角色",
    "role.end": "收回角色",
    "session.end": "退出登录设备",
    "token.create": "发放接口令牌",
    "token.revoke": "收回接口令牌",
    "unit.add": "新增单位",
    "unit.rename": "单位更名",
    "unit.change": "修改单位",
    "unit.move": "单位改隶",
    "unit.close": "撤销单位",
    "unit.branch": "设置党支部",
}

FIELDS = {
    "schemes": "班制数",
    "days": "日历天数",
    "kind": "类别",
    "name": "名称",
    "confirmed": "已确认",
    "years": "年份",
    "year": "年份",
    "shifts": "班次",
    "default": "全矿默认",
    "from": "起",
    "to": "止",
    "unit": "单位",
    "units": "单位数",
    "before": "原来",
    "spelling": "写法",
    "seen": "出现次数",
    "on": "日期",
    "below": "下级数",
    "number": "工号",
    "trade": "工种",
    "post": "岗位",
    "changed": "修改内容",
    "from_unit": "原单位",
    "to_unit": "新单位",
    "persons": "人数",
    "role": "角色",
    "sessions": "设备数",
    "expires_on": "有效期至",
    "parent": "上级",
    "unit.move.from": "原上级",
    "unit.move.to": "新上级",
    "roles_ended": "同时收回的角色数",
    "code": "代码",
    "administrator": "系统管理员",
    "file": "文件",
    "rows": "行数",
    "wrong": "有问题的行",
    **{
        f"{kind}_{what}": f"{word}{how}"
        for kind, word in {"units": "单位", "persons": "职工", "places": "地点"}.items()
        for what, how in {"new": "新增", "changed": "更新", "same": "未变"}.items()
    },
}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=VERBS,
        subjects={
            "mine": "矿",
            "unit": "单位",
            "person": "职工",
            "place": "地点",
            "place_proposal": "地点写法",
            "shift_scheme": "班制",
            "calendar": "日历",
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
