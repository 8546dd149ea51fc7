"""Addresses of the exams, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.exams.views import exams, hall, mine, papers, sit

pages: list[URLPattern] = [
    path("", exams.exams, name="exams"),
    path("new/", exams.arrange, name="exam_new"),
    path("papers/", papers.papers, name="exam_papers"),
    path("papers/new/", papers.new, name="exam_paper_new"),
    path("papers/<uuid:paper_id>/", papers.paper, name="exam_paper"),
    path("papers/<uuid:paper_id>/edit/", papers.edit, name="exam_paper_edit"),
    path("papers/<uuid:paper_id>/choose/", papers.choose, name="exam_paper_choose"),
    path("papers/<uuid:paper_id>/print/", papers.printed, name="exam_paper_print"),
    path("papers/<uuid:paper_id>/<str:verb>/", papers.do, name="exam_paper_verb"),
    path("mine/", mine.exams, name="my_exams"),
    path("mine/<uuid:sitting_id>/", mine.exam, name="my_exam"),
    path("mine/<uuid:sitting_id>/begin/", sit.begin, name="exam_begin"),
    path("mine/<uuid:sitting_id>/pictures/<str:sha256>", mine.picture, name="my_exam_picture"),
    path("practise/<uuid:exam_id>/", sit.practise, name="exam_practise"),
    path("sittings/<uuid:sitting_id>/", hall.sitting, name="exam_sitting"),
    path("sittings/<uuid:sitting_id>/entry/", exams.entry, name="exam_entry"),
    path("sittings/<uuid:sitting_id>/pictures/<str:sha256>", exams.picture, name="exam_sitting_picture"),
    path("sittings/<uuid:sitting_id>/<str:verb>/", hall.do, name="exam_sitting_verb"),
    path("<uuid:exam_id>/", exams.exam, name="exam"),
    path("<uuid:exam_id>/edit/", exams.arrange, name="exam_edit"),
    path("<uuid:exam_id>/cancel/", exams.cancel, name="exam_cancel"),
    path("<uuid:exam_id>/enrol/", exams.enrol, name="exam_enrol"),
    path("<uuid:exam_id>/lot/", exams.lot, name="exam_lot"),
    path("<uuid:exam_id>/lot/draw/", exams.draw_people, name="exam_draw_people"),
    path("<uuid:exam_id>/strike/", exams.strike, name="exam_strike"),
    path("<uuid:exam_id>/hall/", hall.hall, name="exam_hall"),
    path("<uuid:exam_id>/extend/", hall.extend, name="exam_extend"),
    path("<uuid:exam_id>/extend/<uuid:sitting_id>/", hall.extend, name="exam_extend_one"),
    path("<uuid:exam_id>/sheets/", exams.sheets, name="exam_sheets"),
    path("<uuid:exam_id>/<str:verb>/", exams.do, name="exam_verb"),
]
open_pages: list[URLPattern] = [
    path("door/", sit.door, name="exam_door"),
    path("sit/away/", sit.away, name="sit_away"),
    path("sit/worker.js", sit.worker, name="sit_worker"),
    path("sit/<uuid:sitting_id>/", sit.sit, name="sit"),
    path("sit/<uuid:sitting_id>/save/", sit.save, name="sit_save"),
    path("sit/<uuid:sitting_id>/state/", sit.state, name="sit_state"),
    path("sit/<uuid:sitting_id>/handin/", sit.hand_in, name="sit_hand_in"),
    path("sit/<uuid:sitting_id>/pictures/<str:sha256>", sit.picture, name="sit_picture"),
]
"""Without a sign-in: the hall's PCs. The pass of one sitting opens that sitting and nothing else."""
