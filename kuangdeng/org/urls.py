"""Addresses of the organisation, under org/."""

from kuangdeng.org import urls_people, urls_places
from kuangdeng.org.documents import urls as documents

app_name = "org"
urlpatterns = [*urls_people.urlpatterns, *urls_places.urlpatterns, *documents.urlpatterns]
