"""Addresses of the item bank, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.items.views import items, settings, transfer

pages: list[URLPattern] = [
    path("", items.listing, name="items"),
    path("new/<str:kind>/", items.new, name="item_new"),
    path("review/", items.review, name="items_review"),
    path("bulk/<str:verb>/", items.bulk, name="items_bulk"),
    path("twins/", settings.twins, name="item_twins"),
    path("twins/find/", settings.find_twins, name="item_twins_find"),
    path("twins/<int:twin_id>/apart/", settings.apart, name="item_twins_apart"),
    path("banks/", settings.banks, name="item_banks"),
    path("banks/new/", settings.bank, name="item_bank_new"),
    path("banks/<uuid:bank_id>/", settings.bank, name="item_bank"),
    path("categories/", settings.categories, name="item_categories"),
    path("categories/new/", settings.category, name="item_category_new"),
    path("categories/<uuid:category_id>/", settings.category, name="item_category"),
    path("policy/", settings.policy, name="item_policy"),
    path("export/", transfer.export, name="items_export"),
    path("import/", transfer.start, name="items_import"),
    path("import/template.xlsx", transfer.template, name="items_import_template"),
    path("import/<uuid:run_id>/", transfer.run, name="items_import_run"),
    path("import/<uuid:run_id>/left.csv", transfer.left, name="items_import_left"),
    path("<uuid:item_id>/", items.item, name="item"),
    path("<uuid:item_id>/edit/", items.edit, name="item_edit"),
    path("<uuid:item_id>/merge/", items.merge, name="item_merge"),
    path("<uuid:item_id>/try/", items.try_it, name="item_try"),
    path("<uuid:item_id>/versions/<uuid:version_id>/", items.version, name="item_version"),
    path("<uuid:item_id>/versions/<uuid:version_id>/<str:sha256>", items.picture, name="item_picture"),
    path("<uuid:item_id>/<str:verb>/", items.do, name="item_verb"),
]
