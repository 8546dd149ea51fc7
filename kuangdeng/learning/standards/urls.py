"""Addresses of the training rules, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.standards import views

pages: list[URLPattern] = [
    path("", views.training_rules, name="training_rules"),
    path("new/", views.rule_new, name="training_rule_new"),
]
