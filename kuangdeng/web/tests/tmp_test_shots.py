import os

import pytest

from kuangdeng.web.tests.lived_in import LivedIn
from kuangdeng.web.tests.visitors import visitors

pytestmark = [pytest.mark.django_db(transaction=True)]
OUT = os.environ.get("SHOT_DIR", "/tmp/practice_wt/shots")


def test_shots(browser, live_server):
    from kuangdeng.web.tests import tmp_shot_list as todo

    world = LivedIn.make()
    os.makedirs(OUT, exist_ok=True)
    wrong = {}
    with visitors(browser, live_server.url) as people:
        who = {}
        for size, part, path, name in todo.todo(world):
            if (size, part) not in who:
                who[size, part] = people.at(size).sign_in(world.cast.persons[part].number)
            v = who[size, part]
            v.page.goto(live_server.url + (path() if callable(path) else path))
            v.page.wait_for_load_state("load")
            act = todo.ACTS.get(name)
            if act:
                act(v.page)
            found = v.wrong()
            if found:
                wrong[name] = found
            v.page.screenshot(path=f"{OUT}/{name}.png", full_page=size != "wall", scale="css")
    assert not wrong, wrong
