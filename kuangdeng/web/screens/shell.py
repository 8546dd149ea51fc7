"""What of the wall screen is kept on the device: its page, styles, script and icon."""

from django.template.loader import render_to_string
from django.urls import reverse

from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.offline import worker_script

FILES = ("build/favicon.svg", "build/screen.css", "build/screen.js")


def page() -> str:
    """The page that a display opens."""
    return render_to_string("web/screens/wall.html")


def script() -> bytes:
    """The service worker of this release."""
    with in_chinese():
        said = page()
    return worker_script(
        "build/screen-sw.js", prefix="kd-screen-", page=reverse("screens:wall"), said=said, files=FILES
    )
