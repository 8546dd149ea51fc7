"""Addresses of the kernel, under /_/: saved views; the style guide only where a developer looks."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from kuangdeng.kernel import views

app_name = "kernel"

urlpatterns: list[URLPattern] = [
    path("views/", views.save_view, name="save_view"),
    path("views/<uuid:view_id>/delete/", views.delete_view, name="delete_view"),
]

if settings.DEBUG or getattr(settings, "TESTING", False):
    from kuangdeng.kernel.styleguide import views as styleguide

    urlpatterns += [
        path("styleguide/", login_not_required(styleguide.page), name="styleguide"),
        path("styleguide/register/", login_not_required(styleguide.register), name="styleguide_register"),
        path("styleguide/thing/", login_not_required(styleguide.thing), name="styleguide_thing"),
        path("styleguide/form/", login_not_required(styleguide.form), name="styleguide_form"),
        path("styleguide/print/", login_not_required(styleguide.paper), name="styleguide_print"),
        path("styleguide/bare/", login_not_required(styleguide.bare), name="styleguide_bare"),
        path("styleguide/options/", login_not_required(styleguide.options), name="styleguide_options"),
    ]
