"""Addresses of the screens."""

from django.urls import path

from kuangdeng.web.screens import views

app_name = "screens"
urlpatterns = [
    path("screen/", views.wall, name="wall"),
    path("screen/sw.js", views.wall_shell, name="wall_shell"),
    path("screen/feed", views.wall_feed, name="wall_feed"),
    path("screen/<str:secret>/text", views.wall_text, name="wall_text"),
    path("screen/<str:secret>/board.png", views.wall_picture, name="wall_picture"),
    path("screens/", views.screens, name="list"),
    path("screens/new/", views.screen_new, name="new"),
    path("screens/policy/", views.policy, name="policy"),
    path("screens/messages/", views.message_list, name="messages"),
    path("screens/messages/notice/", views.notice_new, name="notice_new"),
    path("screens/messages/interrupt/", views.interrupt_new, name="interrupt_new"),
    path("screens/messages/<uuid:message_id>/", views.message, name="message"),
    path("screens/messages/<uuid:message_id>/end/", views.message_end, name="message_end"),
    path("screens/<uuid:screen_id>/", views.screen, name="screen"),
    path("screens/<uuid:screen_id>/playlist/", views.playlist, name="playlist"),
    path("screens/<uuid:screen_id>/<str:verb>/", views.screen_verb, name="verb"),
]
