"""Every address of the system: each package brings its own, this file only says where they hang."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from kuangdeng.config.health import alive
from kuangdeng.web.photo_views import photo
from kuangdeng.web.rest.urls import api_urls

urlpatterns = [
    path("_/", include("kuangdeng.kernel.urls")),
    path("healthz", alive, name="healthz"),
    path("api/v1/", api_urls),
    path("photos/<str:sha256>", photo, name="photo"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("org/", include("kuangdeng.org.urls")),
    path("learning/", include("kuangdeng.learning.urls")),
    path("", include("kuangdeng.web.urls")),
    path("", include("kuangdeng.hazards.urls")),
]
