"""The application that the web server loads."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from kuangdeng.config.sockets import notice_lost_peers, when_serving
from kuangdeng.kernel.postgres import dies_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangdeng.config.settings")

# Web workers end with the server process above them, also when that one is killed.
if os.environ.get("KUANGDENG_SUPERVISED") and (follow := dies_with_parent(signal.SIGTERM, os.getppid())):
    follow()

application = when_serving(get_wsgi_application(), notice_lost_peers)
