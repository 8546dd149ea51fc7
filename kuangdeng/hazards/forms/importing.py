"""The form that takes an old ledger in."""

from pathlib import Path

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.tables.opening import MAX_BYTES


class LedgerFileForm(forms.Form):
    """One .xlsx or .csv file."""

    file = forms.FileField(
        label=_("台账文件"),
        help_text=_("Excel（.xlsx）或 CSV 文件。标题行、两行表头、合并单元格、空行、合计行都不用先整理。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("请选择台账文件。"), "empty": _("文件是空的。请检查后重新上传。")},
    )

    def clean_file(self) -> UploadedFile:
        """Refused early when it is too large."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 60 MB。请按年份拆成几个文件，分别上传。"))
        if Path(file.name or "").suffix.lower() == ".xls":
            raise forms.ValidationError(_("这是旧版 .xls 文件。请用 Excel 或 WPS 另存为 .xlsx 后再上传。"))
        return file
