"""Forms of the item bank: an editor for each type, the verbs, the import, the settings."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import PhotosField
from kuangdeng.kernel.words import plain
from kuangdeng.learning.forms import Area
from kuangdeng.learning.items import queries
from kuangdeng.learning.items.formats.opening import MAX_BYTES
from kuangdeng.learning.items.formats.sheets import parse_blank
from kuangdeng.learning.items.formats.workbook import blank_cell
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.rules import DIFFICULTY_LABELS, KIND_LABELS, STATUS_LABELS, ItemType, Status
from kuangdeng.learning.items.rules.content import LETTERS, Content, is_summary
from kuangdeng.learning.items.rules.marking import FILL_IN_WAYS, MATCHING_WAYS, MULTIPLE_WAYS, ORDERING_WAYS
from kuangdeng.learning.items.services import ItemData
from kuangdeng.org.api import Person

SEVERAL = ("option_", "picture_", "blank_", "left_", "right_")
"""Fields of which one may stay empty and others not: no "may stay empty" beside each, the verb says what is short."""


def category_groups(by: Person) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The categories of the mine, by their kinds, to choose from."""
    known = queries.categories_of(by.mine_id)
    groups = [
        (label, [(str(one.id), one.name) for one in known if one.kind == kind]) for kind, label in KIND_LABELS.items()
    ]
    return [(label, rows) for label, rows in groups if rows]


class ItemForm(forms.Form):
    """What every type asks; the types add their own in between."""

    own: tuple[str, ...] = ()
    kind: ItemType

    def __init__(self, *args: Any, by: Person, item: Item | None = None, rows: int = 0, **kwargs: Any) -> None:
        self.by, self.item = by, item
        self.content: Content = item.latest.content if item else {}
        super().__init__(*args, **kwargs)
        banks = queries.writable_banks(by, "item.revise" if item else "item.write")
        self.fields["bank"] = forms.ChoiceField(label=_("题库"), choices=[(str(one.id), one.name) for one in banks])
        self.fields["stem"] = forms.CharField(label=_("题干"), widget=Area(3), required=False, help_text=self.stem_help)
        if self.content.get("pictures"):
            kept = [(one, str(at)) for at, one in enumerate(self.content["pictures"], 1)]
            self.fields["kept"] = forms.MultipleChoiceField(
                label=_("留着的图"), choices=kept, required=False, widget=forms.CheckboxSelectMultiple
            )
        self.fields["pictures"] = PhotosField(label=_("题干的图"), required=False, limit=4)
        self.put_own(rows)
        self.fields["explanation"] = forms.CharField(label=_("解析"), widget=Area(2), required=False)
        self.fields["difficulty"] = forms.TypedChoiceField(
            label=_("难度"),
            choices=[(key, f"{key} {label}") for key, label in DIFFICULTY_LABELS.items()],
            coerce=int,
            initial=3,
        )
        self.fields["marks"] = forms.DecimalField(
            label=_("分值"), min_value=Decimal("0.1"), max_value=100, decimal_places=2, initial=Decimal(1)
        )
        for name, one in self.fields.items():
            one.one_of_several = name == "stem" or name.startswith(SEVERAL)  # type: ignore[attr-defined]
        self._sorting()
        if item is not None and item.current_id:
            self.fields["why"] = forms.CharField(
                label=_("为什么修改"),
                max_length=200,
                help_text=_("正在用的题改了要重新审定；审定启用以前，考试仍用旧的。"),
            )
        self.initial = {**self._initial(), **self.initial}

    @property
    def stem_help(self) -> Any:
        """What stands under the stem."""
        return _("空的地方写四个下划线 ____。") if self.kind == ItemType.FILL_IN else ""

    def put_own(self, rows: int) -> None:
        """The fields of the type."""

    def _sorting(self) -> None:
        groups = category_groups(self.by)
        if groups:
            self.fields["categories"] = forms.MultipleChoiceField(
                label=_("分类"), choices=groups, required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
                help_text=_("可以选几个：按住 Ctrl 再点。"),
            )  # fmt: skip
        self.fields["clause"] = forms.CharField(label=_("条款"), max_length=200, required=False)
        self.fields["source"] = forms.CharField(label=_("出处"), max_length=200, required=False)

    def _initial(self) -> dict[str, Any]:
        if self.item is None:
            return {}
        item, version = self.item, self.item.latest
        return {
            "bank": str(item.bank_id), "stem": self.content["stem"], "explanation": version.explanation,
            "difficulty": item.difficulty, "marks": plain(version.marks), "clause": item.clause, "source": item.source,
            "categories": [str(one.id) for one in item.categories.all()], "kept": self.content.get("pictures", []),
            **self.own_initial(),
        }  # fmt: skip

    def own_initial(self) -> dict[str, Any]:
        """What the fields of the type hold at first."""
        return {}

    def own_content(self, data: dict[str, Any]) -> Content:
        """The part of the content that the type has."""
        return {}

    def data_of(self) -> ItemData:
        """What the author says, for the verb."""
        data = self.cleaned_data
        content = {"type": str(self.kind), "stem": data["stem"], "pictures": [*data.get("kept", []), *data["pictures"]]}
        return ItemData(
            bank_id=data["bank"], content={**content, **self.own_content(data)}, marks=data["marks"],
            explanation=data["explanation"], difficulty=data["difficulty"], category_ids=data.get("categories", []),
            clause=data["clause"], source=data["source"],
        )  # fmt: skip


class ChoiceForm(ItemForm):
    """单选、多选: options with their pictures, and which are right."""

    kind = ItemType.SINGLE

    def put_own(self, rows: int) -> None:
        self.count = min(26, max(rows or 4, len(self.content.get("options", ()))))
        for at in range(self.count):
            letter = LETTERS[at].upper()
            self.fields[f"option_{at}"] = forms.CharField(
                label=_("选项%(letter)s") % {"letter": letter}, required=False, max_length=1000
            )
        choices = [(str(at), LETTERS[at].upper()) for at in range(self.count)]
        if self.kind == ItemType.SINGLE:
            self.fields["correct"] = forms.ChoiceField(label=_("答案"), choices=choices, widget=forms.RadioSelect)
        else:
            self.fields["correct"] = forms.MultipleChoiceField(
                label=_("答案"), choices=choices, widget=forms.CheckboxSelectMultiple
            )
        for at in range(self.count):
            letter = LETTERS[at].upper()
            self.fields[f"picture_{at}"] = PhotosField(
                label=_("选项%(letter)s的图") % {"letter": letter}, required=False, limit=1
            )
            if self._old(at).get("picture"):
                self.fields[f"keep_{at}"] = forms.BooleanField(
                    label=_("留着选项%(letter)s的图") % {"letter": letter}, required=False
                )

    def _old(self, at: int) -> dict[str, Any]:
        rows = self.content.get("options", [])
        return dict(rows[at]) if at < len(rows) else {}

    def own_initial(self) -> dict[str, Any]:
        rows = self.content["options"]
        right = [str(at) for at, one in enumerate(rows) if one["id"] in self.content["correct"]]
        found: dict[str, Any] = {f"option_{at}": one["text"] for at, one in enumerate(rows)}
        found |= {f"keep_{at}": True for at, one in enumerate(rows) if one.get("picture")}
        return {**found, "correct": right[0] if self.kind == ItemType.SINGLE and right else right}

    def own_content(self, data: dict[str, Any]) -> Content:
        wanted = {data["correct"]} if self.kind == ItemType.SINGLE else set(data["correct"])
        rows: list[dict[str, Any]] = []
        correct: list[str] = []
        for at in range(self.count):
            sent = data[f"picture_{at}"]
            picture = sent[0] if sent else self._old(at).get("picture", "") if data.get(f"keep_{at}") else ""
            text = data[f"option_{at}"]
            if not text and not picture and str(at) not in wanted:
                continue
            row: dict[str, Any] = {"id": LETTERS[len(rows)], "text": text}
            row |= {"picture": picture} if picture else {}
            row |= {"fixed": True} if is_summary(text) else {}
            rows.append(row)
            if str(at) in wanted:
                correct.append(row["id"])
        return {"options": rows, "correct": correct}


class MultipleForm(ChoiceForm):
    """多选."""

    kind = ItemType.MULTIPLE


class TrueFalseForm(ItemForm):
    """判断."""

    kind = ItemType.TRUE_FALSE

    def put_own(self, rows: int) -> None:
        self.fields["correct"] = forms.ChoiceField(
            label=_("这句话"), choices=[("true", _("对")), ("false", _("错"))], widget=forms.RadioSelect
        )

    def own_initial(self) -> dict[str, Any]:
        return {"correct": str(self.content["correct"]).lower()}

    def own_content(self, data: dict[str, Any]) -> Content:
        return {"correct": data["correct"] == "true"}


class FillInForm(ItemForm):
    """填空: each blank its answers, one on a line."""

    kind = ItemType.FILL_IN

    def put_own(self, rows: int) -> None:
        self.count = min(20, max(rows or 2, len(self.content.get("blanks", ()))))
        for at in range(self.count):
            help_text = (
                _("几种写法各占一行。数值写 101.3±0.5。给选项的，答案下面写一行「可选：」，再一行一个选项。")
                if at == 0
                else ""
            )
            self.fields[f"blank_{at}"] = forms.CharField(
                label=_("第 %(n)d 空的答案") % {"n": at + 1}, required=False, widget=Area(2), help_text=help_text
            )
        self.fields["any_order"] = forms.BooleanField(label=_("各空不分次序"), required=False)

    def own_initial(self) -> dict[str, Any]:
        found: dict[str, Any] = {f"blank_{at}": blank_cell(one) for at, one in enumerate(self.content["blanks"])}
        return {**found, "any_order": self.content.get("any_order", False)}

    def own_content(self, data: dict[str, Any]) -> Content:
        cells = [data[f"blank_{at}"].replace("\r\n", "\n").strip() for at in range(self.count)]
        while cells and not cells[-1]:
            cells.pop()
        return {"blanks": [parse_blank(one, exact=True) for one in cells], "any_order": data["any_order"]}


class MatchingForm(ItemForm):
    """匹配: what stands on the left, what belongs to it, and what distracts; each side with its pictures."""

    kind = ItemType.MATCHING

    def put_own(self, rows: int) -> None:
        self.count = min(20, max(rows or 4, len(self.content.get("left", ()))))
        names = {"left": _("左 %(n)d"), "right": _("配 %(n)d")}
        for at in range(self.count):
            for side, label in names.items():
                self.fields[f"{side}_{at}"] = forms.CharField(
                    label=label % {"n": at + 1}, required=False, max_length=1000
                )
        self.fields["extra"] = forms.CharField(
            label=_("右边多出来的项"), required=False, widget=Area(2), help_text=_("不和任何一项配对，一行一个。")
        )
        kept = [(one["id"], one["text"] or _("（图）")) for one in self._extra() if one.get("picture")]
        if kept:
            self.fields["extra_kept"] = forms.MultipleChoiceField(
                label=_("留着的带图的多出来的项"), choices=kept, required=False, widget=forms.CheckboxSelectMultiple
            )
        for at in range(self.count):
            for side, label in names.items():
                self._put_picture(side, at, label % {"n": at + 1})

    def _put_picture(self, side: str, at: int, label: str) -> None:
        self.fields[f"{side}_picture_{at}"] = PhotosField(
            label=_("%(where)s的图") % {"where": label}, required=False, limit=1
        )
        if self._old(side, at).get("picture"):
            self.fields[f"{side}_keep_{at}"] = forms.BooleanField(
                label=_("留着%(where)s的图") % {"where": label}, required=False
            )

    def _old(self, side: str, at: int) -> dict[str, Any]:
        """What stood in this row: on the left, or what was paired with it on the right."""
        left = self.content.get("left", [])
        if at >= len(left):
            return {}
        if side == "left":
            return dict(left[at])
        return next(dict(one) for one in self.content["right"] if one["id"] == self.content["pairs"][left[at]["id"]])

    def _extra(self) -> list[dict[str, Any]]:
        used = set(self.content.get("pairs", {}).values())
        return [one for one in self.content.get("right", ()) if one["id"] not in used]

    def own_initial(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for at in range(len(self.content["left"])):
            for side in ("left", "right"):
                old = self._old(side, at)
                found |= {f"{side}_{at}": old["text"], f"{side}_keep_{at}": bool(old.get("picture"))}
        extra = self._extra()
        words = "\n".join(one["text"] for one in extra if not one.get("picture"))
        return {**found, "extra": words, "extra_kept": [one["id"] for one in extra if one.get("picture")]}

    def own_content(self, data: dict[str, Any]) -> Content:
        pairs = [(self._side(data, "left", at), self._side(data, "right", at)) for at in range(self.count)]
        pairs = [one for one in pairs if any(one[0]) or any(one[1])]
        kept = [(one["text"], one["picture"]) for one in self._extra() if one["id"] in data.get("extra_kept", [])]
        extra = [(one.strip(), "") for one in data["extra"].splitlines() if one.strip()]
        right = list(dict.fromkeys([*(one[1] for one in pairs if any(one[1])), *extra, *kept]))
        names = {one: f"r{at}" for at, one in enumerate(right, 1)}
        return {
            "left": [_side_row(f"l{at}", one[0]) for at, one in enumerate(pairs, 1)],
            "right": [_side_row(names[one], one) for one in right],
            "pairs": {f"l{at}": names[one[1]] for at, one in enumerate(pairs, 1) if any(one[1])},
        }

    def _side(self, data: dict[str, Any], side: str, at: int) -> tuple[str, str]:
        """The words and the picture of one side of a row."""
        sent = data[f"{side}_picture_{at}"]
        old = self._old(side, at).get("picture", "") if data.get(f"{side}_keep_{at}") else ""
        return data[f"{side}_{at}"].strip(), sent[0] if sent else old


def _side_row(name: str, said: tuple[str, str]) -> dict[str, Any]:
    return {"id": name, "text": said[0], **({"picture": said[1]} if said[1] else {})}


class OrderingForm(ItemForm):
    """排序: the steps in their right order, one on a line."""

    kind = ItemType.ORDERING

    def put_own(self, rows: int) -> None:
        self.fields["steps"] = forms.CharField(
            label=_("各项，按正确的次序"), widget=Area(5), help_text=_("一行一项。给学员看时会打乱。")
        )

    def _lines(self) -> dict[str, dict[str, Any]]:
        """What stands on each line at first; a step that is only a picture is named by its number."""
        rows = {one["id"]: one for one in self.content.get("options", ())}
        steps = [rows[one] for one in self.content.get("correct", ())]
        return {one["text"] or _("（图%(n)d）") % {"n": at}: one for at, one in enumerate(steps, 1)}

    def own_initial(self) -> dict[str, Any]:
        return {"steps": "\n".join(self._lines())}

    def own_content(self, data: dict[str, Any]) -> Content:
        """A line that stays as it was keeps its picture."""
        before = self._lines()
        rows = [one.strip() for one in data["steps"].splitlines() if one.strip()][:27]
        options = []
        for at, line in enumerate(rows):
            old = before.get(line, {})
            row = {"id": LETTERS[at] if at < 26 else "z1", "text": old.get("text", line)}
            options.append(row | ({"picture": old["picture"]} if old.get("picture") else {}))
        return {"options": options, "correct": [one["id"] for one in options]}


class ShortAnswerForm(ItemForm):
    """简答: what a good answer says."""

    kind = ItemType.SHORT_ANSWER

    def put_own(self, rows: int) -> None:
        self.fields["reference"] = forms.CharField(
            label=_("参考答案"), required=False, widget=Area(5), help_text=_("由人阅卷，这是给阅卷人看的。")
        )

    def own_initial(self) -> dict[str, Any]:
        return {"reference": self.content["reference"]}

    def own_content(self, data: dict[str, Any]) -> Content:
        return {"reference": data["reference"]}


EDITORS: dict[str, type[ItemForm]] = {
    ItemType.SINGLE: ChoiceForm,
    ItemType.MULTIPLE: MultipleForm,
    ItemType.TRUE_FALSE: TrueFalseForm,
    ItemType.FILL_IN: FillInForm,
    ItemType.MATCHING: MatchingForm,
    ItemType.ORDERING: OrderingForm,
    ItemType.SHORT_ANSWER: ShortAnswerForm,
}


class ClassifyForm(forms.Form):
    """改分类、难度 of many items at once; what is left empty stays as it is."""

    category_ids = forms.TypedMultipleChoiceField(
        label=_("改成这些分类"), coerce=UUID, empty_value=None, required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}), help_text=_("可以选几个：按住 Ctrl 再点。一个都不选，分类就不动。"),
    )  # fmt: skip
    difficulty = forms.TypedChoiceField(label=_("改成这个难度"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category_ids"].choices = category_groups(by)  # type: ignore[attr-defined]
        grades = [(str(key), label) for key, label in DIFFICULTY_LABELS.items()]
        self.fields["difficulty"].choices = [("", _("不动")), *grades]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Something has to be chosen."""
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("请选分类或难度。"))


class ReviewForm(forms.Form):
    """审定: the version that the reviewer has before him."""

    version_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("请打开题目，看过再审定。"), "invalid": _("请打开题目，看过再审定。")},
    )


class RemarkForm(forms.Form):
    """退回修改."""

    remark = forms.CharField(
        label=_("哪里要改"), max_length=300, widget=Area(2), error_messages={"required": _("请写明哪里要改。")}
    )


class WhyForm(forms.Form):
    """停用."""

    why = forms.CharField(label=_("为什么停用"), max_length=200, error_messages={"required": _("请写明为什么停用。")})


class ImportForm(forms.Form):
    """导入: a file, or pasted words."""

    file = forms.FileField(
        label=_("题目文件"),
        required=False,
        help_text=_(
            "Excel（.xlsx）、CSV、文本、GIFT、Aiken、Moodle XML、QTI（.xml 或 .zip）。按内容认格式，不看扩展名。"
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.gift,.xml,.zip"}),
        error_messages={"empty": _("文件是空的。请检查后重新上传。")},
    )
    words = forms.CharField(
        label=_("或者粘贴文字"), required=False, widget=Area(8), help_text=_("从 Word 里全选、复制，粘贴到这里。")
    )

    def clean_file(self) -> UploadedFile | None:
        """Refused early when it is too large."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 60 MB，不接收。请拆成几个文件后分别上传。"))
        if file and Path(file.name or "").suffix.lower() == ".xls":
            raise forms.ValidationError(_("这是旧版 .xls 文件。请用 Excel 或 WPS 另存为 .xlsx 后再上传。"))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not str(data.get("words") or "").strip():
            self.add_error("file", _("请选择文件，或者粘贴文字。"))
        return data


class ConfirmForm(forms.Form):
    """What is decided over a preview."""

    def __init__(self, *args: Any, by: Person, asks: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        banks = queries.writable_banks(by, "item.import")
        self.fields["bank"] = forms.ChoiceField(
            label=_("导入到题库"), choices=[(str(one.id), one.name) for one in banks]
        )
        for at, one in enumerate(asks):
            looks = {True: _("对"), False: _("错")}.get(one["looks"], "")
            help_text = "；".join(one["examples"])
            if looks:
                help_text = _("看着像「%(looks)s」。%(examples)s") % {"looks": looks, "examples": help_text}
            self.fields[f"ask_{at}"] = forms.ChoiceField(
                label=_("答案写成「%(mark)s」的 %(n)d 道判断题") % {"mark": one["mark"], "n": one["count"]},
                choices=[("true", _("是「对」")), ("false", _("是「错」")), ("", _("不导入"))], initial="", required=False,
                widget=forms.RadioSelect, help_text=help_text,
            )  # fmt: skip
        standings = [Status.DRAFTED, Status.SUBMITTED]
        if any(queries.able(by, "item.put_in_use", one) for one in banks):
            standings.append(Status.IN_USE)
        self.fields["standing"] = forms.ChoiceField(
            label=_("导入后的状态"),
            choices=[(str(one), STATUS_LABELS[one]) for one in standings],
            widget=forms.RadioSelect,
            initial=Status.DRAFTED,
        )
        self.fields["approved"] = forms.CharField(
            label=_("由谁、什么时候审定过"), required=False, max_length=200, help_text=_("直接启用的要填，记在台账上。")
        )
        self.fields["twins"] = forms.ChoiceField(
            label=_("重复的题"),
            choices=[("leave", _("不导入")), ("both", _("也导入"))],
            widget=forms.RadioSelect,
            initial="leave",
        )
        self.fields["difficulty"] = forms.TypedChoiceField(
            label=_("没写难度的算"),
            choices=[(key, f"{key} {label}") for key, label in DIFFICULTY_LABELS.items()],
            coerce=int,
            initial=3,
        )

    def marks(self) -> dict[str, bool | None]:
        """What each unclear mark means."""
        values = {"true": True, "false": False}
        return {one["mark"]: values.get(self.cleaned_data.get(f"ask_{at}", "")) for at, one in enumerate(self.asks)}


class BankForm(forms.Form):
    """题库."""

    name = forms.CharField(label=_("题库名称"), max_length=60)
    unit = forms.ChoiceField(label=_("管理单位"), required=False, help_text=_("不选就是全矿的题库。"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("全矿")), *queries.units_for_banks(by)]  # type: ignore[attr-defined]


class CategoryForm(forms.Form):
    """分类."""

    kind = forms.ChoiceField(label=_("类别"), choices=list(KIND_LABELS.items()))
    name = forms.CharField(label=_("名称"), max_length=60)
    is_active = forms.BooleanField(label=_("在用"), required=False, initial=True)


class PolicyForm(forms.Form):
    """判分办法."""

    multiple = forms.ChoiceField(label=_("多选题"), choices=list(MULTIPLE_WAYS.items()), widget=forms.RadioSelect)
    fill_in = forms.ChoiceField(label=_("填空题"), choices=list(FILL_IN_WAYS.items()), widget=forms.RadioSelect)
    matching = forms.ChoiceField(label=_("匹配题"), choices=list(MATCHING_WAYS.items()), widget=forms.RadioSelect)
    ordering = forms.ChoiceField(label=_("排序题"), choices=list(ORDERING_WAYS.items()), widget=forms.RadioSelect)
