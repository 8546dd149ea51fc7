"""Addresses of campaigns, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.campaigns import views

pages: list[URLPattern] = [
    path("", views.campaigns, name="campaigns"),
    path("new/", views.campaign_new, name="campaign_new"),
    path("<uuid:campaign_id>/", views.campaign, name="campaign"),
    path("<uuid:campaign_id>/wall/", views.wall, name="campaign_wall"),
    path("<uuid:campaign_id>/people/", views.people, name="campaign_persons"),
    path("<uuid:campaign_id>/edit/", views.campaign_edit, name="campaign_edit"),
    path("<uuid:campaign_id>/plan/", views.campaign_plan, name="campaign_plan"),
    path("<uuid:campaign_id>/choose/", views.campaign_people, name="campaign_people"),
    path("<uuid:campaign_id>/sheet/", views.summary_sheet, name="campaign_sheet"),
    path("<uuid:campaign_id>/days/<int:number>/", views.day, name="campaign_day"),
    path("<uuid:campaign_id>/days/<int:number>/edit/", views.campaign_day_edit, name="campaign_day_edit"),
    path("<uuid:campaign_id>/days/<int:number>/file/", views.day_file, name="campaign_day_file"),
    path("<uuid:campaign_id>/do/<str:verb>/", views.campaign_verb, name="campaign_verb"),
]
