"""Addresses of the kernel, under /_/: saved views; the style guide only where a developer looks."""

from django.conf import settings
from django.urls import URLPattern, path

from kuangdeng.kernel import views

app_name = "kernel"

urlpatterns: list[URLPattern] = [
    path("views/", views.save_view, name="save_view"),
    path("views/<uuid:view_id>/delete/", views.delete_view, name="delete_view"),
]

if settings.DEBUG or getattr(settings, "KD_STYLEGUIDE", False):
    from kuangdeng.kernel.styleguide import views as styleguide

    urlpatterns += [
        path("styleguide/", styleguide.page, name="styleguide"),
        path("styleguide/register/", styleguide.register, name="styleguide_register"),
        path("styleguide/thing/", styleguide.thing, name="styleguide_thing"),
        path("styleguide/form/", styleguide.form, name="styleguide_form"),
        path("styleguide/print/", styleguide.paper, name="styleguide_print"),
        path("styleguide/bare/", styleguide.bare, name="styleguide_bare"),
        path("styleguide/options/", styleguide.options, name="styleguide_options"),
    ]
