"""Addresses of learning: each part hangs its pages up here."""

from django.urls import URLPattern, URLResolver, include, path

from kuangdeng.learning.bookroom import urls as bookroom
from kuangdeng.learning.garden import urls as garden
from kuangdeng.learning.items import urls as items
from kuangdeng.learning.practice import urls as practice
from kuangdeng.learning.topics import urls as topics

app_name = "learning"

urlpatterns: list[URLPattern | URLResolver] = [
    path("items/", include(items.pages)),
    path("books/", include(bookroom.pages)),
    path("books/", include(bookroom.open_pages)),
    path("practice/", include(practice.pages)),
    path("topics/", include(topics.pages)),
    path("garden/", include(garden.pages)),
]
