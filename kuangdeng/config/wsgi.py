"""The application that the web server loads."""

import os
import signal

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from kuangdeng.config.sockets import Application, notice_lost_peers, when_serving
from kuangdeng.kernel.postgres import dies_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangdeng.config.settings")

# Web workers end with the server process above them, also when that one is killed.
if os.environ.get("KUANGDENG_SUPERVISED") and (follow := dies_with_parent(signal.SIGTERM, os.getppid())):
    follow()

application: Application = get_wsgi_application()
for lane in settings.LANES:
    application = import_string(lane)(application)
application = when_serving(application, notice_lost_peers)
