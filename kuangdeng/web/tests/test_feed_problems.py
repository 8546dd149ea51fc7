"""What the feed gave up: the administrator sees it, and has it tried again."""

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import FeedProblem, Notice, seal_all, tell_all
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.services import retry_feed
from kuangdeng.web.tests.scenarios import feed_problem

pytestmark = pytest.mark.django_db


def test_a_line_that_was_given_up_is_tried_again_by_a_person(client: Client) -> None:
    cast = make_cast()
    problem = feed_problem(cast)
    client.force_login(cast.administrator)
    shown = client.get(reverse("feed_problems")).content.decode()
    assert "单位查不到" in shown and "下达" in shown and "发送通知" in shown and "notices" not in shown
    answer = client.post(reverse("feed_problem_retry", args=[problem.id]), follow=True)
    assert "已重新排队" in answer.content.decode() and "稍后自动再试" in answer.content.decode()
    with pytest.raises(Refused, match="自动再试"):
        retry_feed(problem.id, by=cast.administrator)
    with pytest.raises(Refused, match="系统管理员"):
        retry_feed(problem.id, by=cast.safety)
    Notice.objects.all().delete()
    seal_all()
    tell_all()
    assert not FeedProblem.objects.exists()
    assert Notice.objects.filter(entry=problem.entry, person_id=cast.unit_head.id).exists()
