"""Addresses of learning: each part hangs its pages up here."""

from django.urls import URLPattern, URLResolver, include, path

from kuangdeng.learning.attendance import urls as attendance
from kuangdeng.learning.bookroom import urls as bookroom
from kuangdeng.learning.campaigns import urls as campaigns
from kuangdeng.learning.certificates import urls as certificates
from kuangdeng.learning.classes import urls as classes
from kuangdeng.learning.exams import urls as exams
from kuangdeng.learning.files import urls as files
from kuangdeng.learning.garden import urls as garden
from kuangdeng.learning.items import urls as items
from kuangdeng.learning.practice import urls as practice
from kuangdeng.learning.results import urls as results
from kuangdeng.learning.standards import urls as standards
from kuangdeng.learning.study import urls as study
from kuangdeng.learning.talks import urls as talks
from kuangdeng.learning.topics import urls as topics

app_name = "learning"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign/", include(attendance.pages)),
    path("", include(attendance.open_pages)),
    path("study/", include(study.pages)),
    path("campaigns/", include(campaigns.pages)),
    path("classes/", include(classes.pages)),
    path("classes/", include(classes.open_pages)),
    path("standards/", include(standards.pages)),
    path("certificates/", include(certificates.pages)),
    path("files/", include(files.pages)),
    path("items/", include(items.pages)),
    path("exams/", include(exams.open_pages)),
    path("exams/", include(exams.pages)),
    path("results/", include(results.pages)),
    path("talks/", include(talks.pages)),
    path("books/", include(bookroom.pages)),
    path("books/", include(bookroom.open_pages)),
    path("practice/", include(practice.pages)),
    path("topics/", include(topics.pages)),
    path("garden/", include(garden.pages)),
]
