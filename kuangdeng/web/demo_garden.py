"""Study gardens of the demo mine (示例): the pages that some branches keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from kuangdeng.kernel import clock
from kuangdeng.kernel.files import keep_photo, receive
from kuangdeng.learning.api import bookroom, garden, topics
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
Colour = tuple[int, int, int]
# unit, the line under the name, ground and light of its banner (none: no picture)
DRESSED: tuple[tuple[str, str, tuple[Colour, Colour] | None], ...] = (
    ("zc2", "带着问题学，对着现场干（示例）", ((22, 38, 56), (255, 180, 84))),
    ("tf", "学一条，查一处，改一处（示例）", ((18, 52, 48), (190, 226, 160))),
    ("jj1", "师傅讲一遍，徒弟做一遍（示例）", None),
)
# unit, title, words, days for which it stands
NOTICES = (
    ("zc2", "周五班前会一起学探放水（示例）", "每人带笔记本，学完现场说一条本岗位怎么做。夜班周六早上补。", 10),
    ("zc2", "书屋新到《煤矿安全规程》（示例）", "职工活动中心二楼和单身公寓一层都有，刷工作证就能借。", 20),
    ("tf", "瓦检员互讲一课（示例）", "这周由测尘班讲隔爆水棚怎样检查，下周轮到防灭火班。", 12),
)


def sample_banner(ground: Colour, light: Colour) -> bytes:
    """A picture for a page: a heading in the dark with a lamp at its end. Drawn, so that nobody's photo is used."""
    wide, high = 1600, 420
    picture = Image.new("RGB", (wide, high), ground)
    draw = ImageDraw.Draw(picture)
    for step in range(24, 0, -1):
        part = (1 - step / 24) ** 2
        colour = tuple(round(dark + (bright - dark) * part * 0.8) for dark, bright in zip(ground, light, strict=True))
        across, up = 60 * step, 17 * step
        draw.rounded_rectangle((1120 - across, 240 - up, 1120 + across, 250 + up), radius=up, fill=colour)
    draw.ellipse((1096, 221, 1144, 269), fill=(255, 255, 255))
    for row in range(7):
        draw.line((0, 300 + 18 * row, wide, 330 + 24 * row), fill=ground, width=3 + row)
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


@dataclass
class DemoGarden:
    """Three pages that are kept: banners, lines, notices, and what the secretary picked out."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        return [
            (now - timedelta(days=10), self._dress),
            (now - timedelta(days=5), self._read),
            (now - timedelta(hours=20), self._notify),
            (now - timedelta(hours=19), self._pick),
        ]

    def _who(self, role: str, unit: str | None = None) -> org.Person:
        return who(self.demo, self.people, role, unit)

    def _branch(self, unit: str) -> org.Branch:
        person = self._who("branch_secretary", unit)
        return org.Branch.objects.get(mine=self.mine, unit=person.unit)

    def _dress(self) -> None:
        """Three branches keep their page; the others have what the system composes of their doings."""
        for unit, motto, colours in DRESSED:
            by = self._who("branch_secretary", unit)
            banner = self._sent(sample_banner(*colours), by) if colours else None
            garden.dress(self._branch(unit).id, motto=motto, banner=banner, by=by)

    @staticmethod
    def _sent(picture: bytes, by: org.Person) -> str:
        name = sha256(picture).hexdigest()
        with receive(iter([picture]), sha256=name, length=len(picture)) as incoming:
            return keep_photo(incoming, owner_id=by.id).original_sha256

    def _read(self) -> None:
        """A team leader writes what he read."""
        title = bookroom.Title.objects.filter(mine=self.mine, title="煤矿安全规程").first()
        if title is not None:
            words = "示例：对着顶板那一章把我们面的支护要求过了一遍，端头支护有两条平时说得不细，班前会上补讲了。"
            bookroom.write_note(title.id, text=words, by=self._who("team_leader"))

    def _notify(self) -> None:
        for unit, head, text, days in NOTICES:
            first = clock.today()
            garden.post_notice(
                self._branch(unit).id, title=head, text=text, first_day=first, last_day=first + timedelta(days=days),
                by=self._who("branch_secretary", unit),
            )  # fmt: skip

    def _pick(self) -> None:
        """A note and a topic of the branch, as the page offers them."""
        branch, by = self._branch("zc2"), self._who("branch_secretary", "zc2")
        today = clock.today()
        notes = bookroom.notes_of_units(org.below([branch.unit_id]), today - timedelta(days=90), today, most=1)
        picked = [("note", one.id, "把书上的话用到了工作面（示例）") for one in notes]
        picked += [("topic", one.id, "小题目解决了大麻烦（示例）") for one in topics.of_branch(branch, most=1)]
        for kind, thing_id, words in picked:
            garden.pick(branch.id, kind=kind, thing_id=thing_id, words=words, by=by)
