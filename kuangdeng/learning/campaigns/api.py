"""Front door of campaigns, for files, the garden, the home page, the demo mine and the documents."""

from kuangdeng.learning.campaigns.models import Participant
from kuangdeng.learning.campaigns.queries import (
    day_now,
    done_by,
    on_walls,
    persons,
    visible,
    waiting_rows,
    wall,
)
from kuangdeng.learning.campaigns.rules import FLOW, CampaignData, DayPlan, Status
from kuangdeng.learning.campaigns.services import choose, do_day, plan_days, set_day, set_up, start

__all__ = [
    "FLOW",
    "CampaignData",
    "DayPlan",
    "Participant",
    "Status",
    "choose",
    "day_now",
    "do_day",
    "done_by",
    "on_walls",
    "persons",
    "plan_days",
    "set_day",
    "set_up",
    "start",
    "visible",
    "waiting_rows",
    "wall",
]
