"""Forms of the certificates. They read and word; the verbs decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.certificates import rules
from kuangdeng.learning.certificates.models import Certificate, CertificateType
from kuangdeng.learning.certificates.services import CertificateData, TypeData
from kuangdeng.learning.forms import day, words_of
from kuangdeng.learning.pickers import person_field
from kuangdeng.org.api import Person


class CertificateForm(forms.Form):
    """证照."""

    number = forms.CharField(label=_("证号"), max_length=40)
    issuer = forms.CharField(label=_("发证机关"), max_length=100, required=False)
    first_on = day(_("初领日期"))
    valid_from = day(_("有效期起"))
    valid_until = day(_("有效期止"))
    review_by = day(_("应复审日期"), required=False, help_text=_("不用复审的不填。"))

    def __init__(
        self, *args: Any, by: Person, kinds: Iterable[CertificateType] = (), there: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if there:
            self.fields["reason"] = forms.CharField(label=_("更正的原因"), max_length=200)
            return
        self.fields["person"] = person_field(by, label=_("持证人"))
        self.fields["type"] = forms.ChoiceField(label=_("证照种类"), choices=[(str(one.id), one.name) for one in kinds])
        self.order_fields(["person", "type", "number"])

    def data_of(self, type_id: UUID | None = None) -> CertificateData:
        """What was filled in."""
        data = self.cleaned_data
        return CertificateData(
            type_id or UUID(data["type"]), data["number"], data["first_on"], data["valid_from"], data["valid_until"],
            data["issuer"], data["review_by"],
        )  # fmt: skip

    @staticmethod
    def initial_of(one: Certificate) -> dict[str, Any]:
        """The values of a certificate that is there."""
        return {name: getattr(one, name) for name in CertificateForm.base_fields}


class RenewForm(forms.Form):
    """复审、延期换证."""

    on = day(_("办理日期"))
    valid_until = day(_("新的有效期止"), required=False, help_text=_("延期换证的填；只办复审的不填。"))
    review_by = day(_("下次应复审日期"), required=False)
    remark = forms.CharField(label=_("说明"), max_length=200, required=False)


class TypeForm(forms.Form):
    """证照种类."""

    name = forms.CharField(label=_("名称"), max_length=60)
    group = forms.ChoiceField(label=_("类别"), choices=list(rules.GROUP_LABELS.items()))
    trades = forms.CharField(
        label=_("哪些工种要持证"),
        max_length=800,
        required=False,
        help_text=_("和名册里的工种写法一致，几个用顿号隔开。"),
    )
    posts = forms.CharField(
        label=_("哪些岗位要持证"), max_length=800, required=False, help_text=_("如：队长、副队长。")
    )
    valid_years = forms.IntegerField(label=_("有效期（年）"), min_value=1, max_value=50)
    review_years = forms.IntegerField(label=_("几年复审一次（0 不复审）"), min_value=0, max_value=50, initial=0)
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("哪个文件、第几条。"))
    confirmed = forms.BooleanField(label=_("已对照原文核对"), required=False)
    in_use = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def data_of(self) -> TypeData:
        """What was filled in."""
        values = dict(self.cleaned_data)
        for name in ("trades", "posts"):
            values[name] = words_of(values[name])
        return TypeData(**values)

    @staticmethod
    def initial_of(one: CertificateType) -> dict[str, Any]:
        """The values of a kind that is there."""
        words = {name: getattr(one, name) for name in TypeForm.base_fields}
        return {**words, "trades": "、".join(one.trades), "posts": "、".join(one.posts)}


class SurfaceForm(forms.Form):
    """地面工种."""

    trades = forms.CharField(
        label=_("工种"), max_length=800,
        help_text=_("和名册里的工种写法一致，几个用顿号隔开；没有工种的职工写岗位。"),
    )  # fmt: skip
    surface = forms.ChoiceField(label=_("在哪里工作"), choices=[("1", _("只在地面工作")), ("0", _("要下井"))])
    valid_from = day(_("从哪天起"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("哪个文件，或者谁定的。"))
    confirmed = forms.BooleanField(label=_("已由负责人核对过"), required=False)

    def data_of(self) -> dict[str, Any]:
        """What was filled in, for the verb."""
        data = dict(self.cleaned_data)
        return {**data, "trades": words_of(data["trades"]), "surface": data["surface"] == "1"}


class ImportForm(forms.Form):
    """导入证照台账."""

    file = forms.FileField(
        label=_("证照台账"),
        help_text=_(
            "Excel（.xlsx、.csv）。要有工号、证照种类、证号、有效期止；姓名、发证机关、初领日期、有效期起、应复审日期可以没有。"
        ),
    )
