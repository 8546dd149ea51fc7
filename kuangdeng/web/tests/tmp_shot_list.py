ACTS = {}


def todo(world):
    from kuangdeng.learning.garden.testkit import branch_of
    from kuangdeng.learning.topics.models import Topic

    t = lambda s: Topic.objects.filter(mine=world.cast.mine, status=s).order_by("written_at")[0].id
    T = "/learning/topics/"
    b = branch_of(world.cast).id
    return [
        ("desk", "political_work", T, "t-list"),
        ("phone", "team_leader", T, "t-list-phone"),
        ("desk", "political_work", T + f"{t('adopted')}/", "t-adopted"),
        ("desk", "political_work", T + f"{t('reviewing')}/", "t-reviewing"),
        ("phone", "team_leader", T + f"{t('adopted')}/", "t-adopted-phone"),
        ("desk", "team_leader", T + "new/", "t-new"),
        ("desk", "political_work", T + f"{t('adopted')}/application/", "t-print-app"),
        ("desk", "political_work", T + f"{t('adopted')}/report/", "t-print-report"),
        ("desk", "team_leader", T + "calls/", "t-calls"),
        ("desk", "branch_secretary", "/learning/garden/", "g-list"),
        ("desk", "branch_secretary", f"/learning/garden/{b}/", "g-page"),
        ("phone", "miner", f"/learning/garden/{b}/", "g-page-phone"),
        ("phone", "branch_secretary", f"/learning/garden/{b}/notices/new/", "g-notice-new"),
        ("phone", "team_leader", "/", "home-phone"),
        ("desk", "political_work", "/", "home-desk"),
    ]
