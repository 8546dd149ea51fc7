"""Addresses of the channels."""

from django.urls import path

from kuangdeng.web.channels import views

app_name = "channels"
urlpatterns = [
    path("n/<str:token>/", views.link, name="link"),
    path("n/<str:token>/read/", views.link_read, name="link_read"),
    path("channels/", views.channels, name="list"),
    path("channels/new/", views.kinds, name="new"),
    path("channels/new/<str:kind>/", views.new, name="new_of"),
    path("channels/quiet/", views.quiet, name="quiet"),
    path("channels/escalation/", views.escalations, name="escalations"),
    path("channels/escalation/new/", views.escalation_new, name="escalation_new"),
    path("channels/escalation/<uuid:rule_id>/remove/", views.escalation_remove, name="escalation_remove"),
    path("channels/<uuid:channel_id>/", views.channel, name="channel"),
    path("channels/<uuid:channel_id>/edit/", views.edit, name="edit"),
    path("channels/<uuid:channel_id>/<str:verb>/", views.do, name="verb"),
]
