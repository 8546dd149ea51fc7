"""Reading XML that strangers wrote: no entities, nothing fetched, no bottomless nesting."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused

MOST_DEPTH = 120
MOST_ELEMENTS = 3_000_000


def parse(data: bytes) -> ElementTree.Element:
    """The root of a document. Refused when it declares entities, is nested without end, or is no XML.

    A plain DOCTYPE with a system name is common in old QTI files and harmless: nothing is ever fetched.
    """
    _look_through(data)
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - looked through above by the same parser, entities refused
    except ElementTree.ParseError as broken:
        raise _broken(broken.position[0]) from broken


def _broken(line: int) -> Refused:
    return Refused(
        _("文件不是完整的 XML（第 %(line)d 行读不下去）。请重新导出后再上传。") % {"line": line}, code="broken"
    )


def _look_through(data: bytes) -> None:
    parser = expat.ParserCreate()
    seen = {"depth": 0, "count": 0}

    def hostile(*_args: Any) -> int:
        raise Refused(_("文件里定义了 XML 实体，可能有害，不接收。请从原系统重新导出。"), code="hostile")

    def start(_name: str, _attributes: dict[str, str]) -> None:
        seen["depth"] += 1
        seen["count"] += 1
        if seen["depth"] > MOST_DEPTH or seen["count"] > MOST_ELEMENTS:
            raise Refused(_("文件的内部层次太深或太多，不像题库，不接收。"), code="hostile")

    def end(_name: str) -> None:
        seen["depth"] -= 1

    parser.EntityDeclHandler = hostile
    parser.UnparsedEntityDeclHandler = hostile
    parser.ExternalEntityRefHandler = hostile
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as broken:
        raise _broken(broken.lineno) from broken
    except (ValueError, LookupError) as broken:
        raise _broken(1) from broken


def local(tag: object) -> str:
    """The name of a tag without its namespace, in small letters without hyphens: qti-choice-interaction, choiceInteraction."""
    name = str(tag).rpartition("}")[2].lower().replace("-", "")
    return name.removeprefix("qti")


def all_of(element: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """Every descendant of these names, in the order of the file."""
    wanted = set(names)
    return (one for one in element.iter() if local(one.tag) in wanted)


def first(element: ElementTree.Element | None, *names: str) -> ElementTree.Element | None:
    """The first descendant of one of these names, or None."""
    return next(all_of(element, *names), None) if element is not None else None


def children(element: ElementTree.Element, *names: str) -> list[ElementTree.Element]:
    """The direct children of these names."""
    return [one for one in element if local(one.tag) in names]


def attribute(element: ElementTree.Element, *names: str) -> str:
    """An attribute in whichever spelling the version has: responseIdentifier, response-identifier."""
    wanted = {name.lower().replace("-", "").replace("_", "") for name in names}
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower().replace("-", "").replace("_", "") in wanted:
            return value.strip()
    return ""


def words(element: ElementTree.Element | None) -> str:
    """All text below an element."""
    return "".join(element.itertext()).strip() if element is not None else ""
