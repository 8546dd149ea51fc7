"""Addresses of templates, within those of the organisation."""

from django.urls import path

from kuangdeng.org.documents import views

urlpatterns = [
    path("documents/", views.templates, name="documents"),
    path("documents/versions/<uuid:template_id>/", views.download, name="document_download"),
    path("documents/versions/<uuid:template_id>/withdraw/", views.withdraw, name="document_withdraw"),
    path("documents/<slug:kind>/upload/", views.upload, name="document_upload"),
    path("documents/<slug:kind>/default/", views.default, name="document_default"),
    path("documents/<slug:kind>/sample/", views.sample, name="document_sample"),
]
