"""Addresses of the organisation, under org/."""

from kuangdeng.org import urls_people

app_name = "org"
urlpatterns = [*urls_people.urlpatterns]
