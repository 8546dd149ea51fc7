"""Front door of the study garden, for the walls, the parts that add a section, and the demo mine."""

from kuangdeng.learning.garden.models import GardenNotice
from kuangdeng.learning.garden.providers import Asked, Line, Section, declare_provider
from kuangdeng.learning.garden.queries import branches, garden_of
from kuangdeng.learning.garden.services import dress, pick, post_notice

__all__ = [
    "Asked",
    "GardenNotice",
    "Line",
    "Section",
    "branches",
    "declare_provider",
    "dress",
    "garden_of",
    "pick",
    "post_notice",
]
