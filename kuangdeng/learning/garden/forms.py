"""Forms of the study garden."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import DateInput, PhotosField
from kuangdeng.learning.garden import rules


class DressForm(forms.Form):
    """换横幅."""

    motto = forms.CharField(
        label=_("一句话"),
        max_length=rules.MOTTO,
        required=False,
        help_text=_("写在支部名下面，如「带着问题学，对着现场干」。"),
    )
    banner = PhotosField(
        label=_("横幅图片"), required=False, limit=1, help_text=_("横着拍的照片最好；不选就用原来的。")
    )
    clear = forms.BooleanField(label=_("去掉原来的横幅"), required=False)


class NoticeForm(forms.Form):
    """发园地通知."""

    title = forms.CharField(label=_("标题"), max_length=rules.TITLE)
    text = forms.CharField(
        label=_("内容"),
        max_length=rules.TEXT,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("全矿都能看到，也上电子屏。不要写人的错误。"),
    )
    first_day = forms.DateField(label=_("从哪天起"), widget=DateInput())
    last_day = forms.DateField(label=_("到哪天止"), widget=DateInput())


class DownForm(forms.Form):
    """撤下."""

    why = forms.CharField(label=_("为什么撤下"), max_length=rules.WHY, widget=forms.Textarea({"rows": 2}))


class PickForm(forms.Form):
    """推荐."""

    words = forms.CharField(label=_("推荐语"), max_length=200, required=False, widget=forms.Textarea({"rows": 2}))
