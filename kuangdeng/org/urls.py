"""Addresses of the organisation."""

from kuangdeng.org import urls_places

app_name = "org"

urlpatterns = [*urls_places.urlpatterns]
