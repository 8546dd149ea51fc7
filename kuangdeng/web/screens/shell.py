"""What of the wall screen is kept on the device: its page, styles, script and icon, under a name made of their content.

A release that changes one of them makes another script, by which the browser learns of it; what the release before kept
is removed then.
"""

import json
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import reverse

from kuangdeng.kernel.language import in_chinese

FILES = ("build/favicon.svg", "build/screen.css", "build/screen.js")
WORKER = "build/screen-sw.js"


def page() -> str:
    """The page that a display opens."""
    return render_to_string("web/screens/wall.html")


def script() -> bytes:
    """The service worker of this release. The name counts the files' content too: not every set-up hashes their names."""
    with in_chinese():
        said = page().encode()
    contents = [said, *(_content(name) for name in (*FILES, WORKER))]
    name = f"kd-screen-{sha256(b''.join(sha256(one).digest() for one in contents)).hexdigest()[:16]}"
    files = [staticfiles_storage.url(one) for one in FILES]
    shell = json.dumps({"name": name, "page": reverse("screens:wall"), "files": files})
    return f"self.shell = {shell};\n".encode() + contents[-1]


def _content(name: str) -> bytes:
    """A built file, from where it was collected or from the source tree."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(f"{name} is not built")
    return Path(found).read_bytes()
