"""Addresses of learning: each part hangs its pages up here."""

from django.urls import URLPattern, URLResolver, include, path

from kuangdeng.learning.attendance import urls as attendance
from kuangdeng.learning.bookroom import urls as bookroom
from kuangdeng.learning.certificates import urls as certificates
from kuangdeng.learning.classes import urls as classes
from kuangdeng.learning.files import urls as files
from kuangdeng.learning.items import urls as items
from kuangdeng.learning.study import urls as study

app_name = "learning"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign/", include(attendance.pages)),
    path("", include(attendance.open_pages)),
    path("study/", include(study.pages)),
    path("classes/", include(classes.pages)),
    path("classes/", include(classes.open_pages)),
    path("certificates/", include(certificates.pages)),
    path("files/", include(files.pages)),
    path("items/", include(items.pages)),
    path("books/", include(bookroom.pages)),
    path("books/", include(bookroom.open_pages)),
]
