"""Front door of campaigns, for files, the garden, the home page, the demo mine and the documents."""

from kuangdeng.learning.campaigns.models import Campaign, CampaignDay, DayDone, Participant
from kuangdeng.learning.campaigns.queries import (
    BranchRow,
    Wall,
    day_now,
    done_by,
    get_campaign,
    part_of,
    persons,
    visible,
    waiting_rows,
    wall,
)
from kuangdeng.learning.campaigns.rules import FLOW, CampaignData, DayPlan, Status
from kuangdeng.learning.campaigns.services import choose, do_day, plan_days, set_day, set_up, start, sum_up

__all__ = [
    "FLOW",
    "BranchRow",
    "Campaign",
    "CampaignData",
    "CampaignDay",
    "DayDone",
    "DayPlan",
    "Participant",
    "Status",
    "Wall",
    "choose",
    "day_now",
    "do_day",
    "done_by",
    "get_campaign",
    "part_of",
    "persons",
    "plan_days",
    "set_day",
    "set_up",
    "start",
    "sum_up",
    "visible",
    "waiting_rows",
    "wall",
]
