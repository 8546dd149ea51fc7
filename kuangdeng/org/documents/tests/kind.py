"""A kind of document for tests."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.documents import Letter
from kuangdeng.org.documents.rules import DocumentKind


def default() -> bytes:
    letter = Letter()
    letter.title("{{ title }}")
    letter.text("{{ body }}")
    letter.plain("{%p if items %}")
    letter.table(
        [["序号", "内容"], ["{%tr for one in items %}"], ["{{ one.no }}", "{{ one.text }}"], ["{%tr endfor %}"]]
    )
    letter.plain("{%p else %}")
    letter.text("没有内容。")
    letter.plain("{%p endif %}")
    return letter.content()


WHOLE = {"title": "关于整改的通知", "body": "各区队：", "items": [{"no": 1, "text": "回风顺槽积水"}]}
LETTER = DocumentKind(
    "test_letter",
    _("隐患整改通知单"),
    [("title", _("名称")), ("body", _("内容")), ("items", _("隐患内容"))],
    lambda: [WHOLE, {**WHOLE, "items": []}],
    default,
)
