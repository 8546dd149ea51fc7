"""What a browser keeps of the system for the time when the line is cut: service workers and what they keep.

The script of a release names the page and the files that it keeps, under a name made of their content. A release that
changes one of them makes another script, by which the browser learns of it; what the release before kept is removed then.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage


def worker_script(worker: str, *, prefix: str, page: str, said: str, files: Sequence[str]) -> bytes:
    """The service worker of this release: the built script `worker`, told what it keeps.

    `page` is the address of the page that it keeps, `said` what stands on it, `files` the static files that this page
    needs. The name counts the files' content too: not every set-up hashes their names.
    """
    contents = [said.encode(), *(_content(one) for one in (*files, worker))]
    name = f"{prefix}{sha256(b''.join(sha256(one).digest() for one in contents)).hexdigest()[:16]}"
    shell = json.dumps({"name": name, "page": page, "files": [staticfiles_storage.url(one) for one in files]})
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
