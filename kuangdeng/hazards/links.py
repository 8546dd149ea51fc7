"""What hazards hang onto the page of a place."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.queries import visible as known_accidents
from kuangdeng.hazards.queries import visible
from kuangdeng.hazards.queries.choices import places_below
from kuangdeng.hazards.rules import ENDED
from kuangdeng.org.api import Link, Person, Place, has_power


def hazards_at(place: Place, person: Person) -> Link:
    """The hazards at a place that are not done with, as far as this person may see them."""
    count = visible(person).filter(place_id=place.id).exclude(status__in=sorted(ENDED)).count()
    return Link(
        _("未办结的隐患"), f"{reverse('hazards:list')}?{urlencode({'place': str(place.id), 'open': '1'})}", count
    )


def accidents_at(place: Place, person: Person) -> Link:
    """The accidents and near misses that happened at a place or below it, as far as this person may know of them."""
    count = known_accidents(person).filter(place__in=places_below(place)).exclude(status="void").count()
    return Link(_("事故和未遂"), f"{reverse('hazards:accidents')}?{urlencode({'place': str(place.id)})}", count)


def rounds_at(place: Place, person: Person) -> Link | None:
    """The inspections that went there."""
    if not has_power(person, "hazard.rounds"):
        return None
    return Link(_("检查记录"), f"{reverse('hazards:rounds')}?{urlencode({'place': str(place.id)})}")
