"""The menu: short ones are seen at once, of a long one the pillar of the page; sections where a pillar has many pages."""

import pytest
from django.urls import reverse

from kuangdeng.org.testkit import make_cast
from kuangdeng.web.menu import SHORT, rail

pytestmark = pytest.mark.django_db


def test_of_a_long_menu_only_the_pillar_of_the_page_is_open() -> None:
    officer = make_cast().training_officer
    groups = rail(officer, reverse("learning:exams"))
    assert sum(len(one.items) for one in groups) > SHORT
    assert [one.label for one in groups if one.open] == ["学习"]
    assert [one.label for one in rail(officer, "/") if one.open] == ["隐患"]


def test_the_line_nearest_to_the_page_is_marked() -> None:
    officer = make_cast().training_officer
    here = reverse("learning:exam_paper_new")
    lines = [line for group in rail(officer, here) for line in group.items if line.within]
    assert [(line.label, line.current) for line in lines] == [("考试", False)]
    lines = [line for group in rail(officer, reverse("learning:my_exams")) for line in group.items if line.within]
    assert [(line.label, line.current) for line in lines] == [("我的考试", True)]


def test_a_pillar_with_many_pages_has_sections_each_said_once() -> None:
    learning = next(one for one in rail(make_cast().training_officer, "/") if one.label == "学习")
    words = [line.section for line in learning.items if line.section]
    assert words[:3] == ["我自己的", "考试和题库", "培训"] and len(words) == len(set(words))
    few = next(one for one in rail(make_cast("TWO").librarian, "/") if one.label == "隐患")
    assert not any(line.section for line in few.items)
