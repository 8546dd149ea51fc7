"""Form fields and widgets that every domain shares: pickers, photos, date and time as people type them.

The kernel knows no places and no people: a picker is given the address that answers `?q=` and functions that find
and name the chosen thing. `FreeText` is what a person typed where nothing was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FreeText:
    """Words typed where nothing was chosen; the domain makes a proposal of them."""

    text: str


class PickerWidget(forms.Widget):
    """A combobox: type pinyin initials, number or name; choose by keyboard or thumb.

    `url` answers `?q=` with `{"options": [{"id", "label", "hint", "group", "into"}]}`; `?parent=<id>` goes down a tree.
    """

    template_name = "kernel/widgets/picker.html"
    kd_widget = "picker"

    def __init__(
        self,
        url: str | Callable[[], str] = "",
        *,
        kind: str = "thing",
        icon: str = "search",
        placeholder: str = "",
        multiple: bool = False,
        free: bool = False,
        label_of: Callable[[Any], str] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.url, self.kind, self.icon, self.placeholder = url, kind, icon, placeholder
        self.multiple, self.free, self.label_of = multiple, free, label_of

    def _chosen(self, value: Any) -> list[tuple[str, str]]:
        if value in (None, "", []):
            return []
        values = value if isinstance(value, list | tuple | set) else [value]
        named = [(str(getattr(v, "pk", v)), self.label_of(v) if self.label_of else str(v)) for v in values]
        return [(key, label) for key, label in named if label]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        typed = value.text if isinstance(value, FreeText) else ""
        chosen = [] if typed else self._chosen(value)
        url = self.url() if callable(self.url) else self.url
        context["widget"] |= {
            "url": url,
            "kind": self.kind,
            "icon": self.icon,
            "placeholder": self.placeholder,
            "multiple": self.multiple,
            "free": self.free,
            "chosen": chosen,
            "text": typed or (chosen[0][1] if chosen and not self.multiple else ""),
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        picked = data.getlist(name) if hasattr(data, "getlist") else data.get(name)
        picked = [p for p in (picked if isinstance(picked, list) else [picked]) if p]
        text = str(data.get(f"{name}_text") or "").strip()
        if self.multiple:
            return picked
        if picked:
            return picked[0]
        return FreeText(text) if text else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data

    def id_for_label(self, id_: str) -> str:
        return id_


class PickerField(forms.Field):
    """One chosen thing (or several). `find(id)` gives the object or None; `search(text)` serves pages without scripts.

    Refused when the typed words name nothing, unless `free=True`, where they come back as `FreeText`.
    """

    default_error_messages = {
        "unknown": _("没有找到“%(text)s”，请从列表里选一个。"),
        "gone": _("选的这一项已经不在了，请重新选。"),
    }
    widget: PickerWidget

    def __init__(
        self,
        *,
        url: str | Callable[[], str],
        find: Callable[[str], Any | None],
        label_of: Callable[[Any], str] = str,
        search: Callable[[str], Sequence[Any]] | None = None,
        kind: str = "thing",
        icon: str = "search",
        placeholder: str = "",
        multiple: bool = False,
        free: bool = False,
        **kwargs: Any,
    ) -> None:
        self.find, self.search, self.multiple, self.free = find, search, multiple, free
        self.label_of = label_of
        kwargs.setdefault(
            "widget",
            PickerWidget(
                url,
                kind=kind,
                icon=icon,
                placeholder=placeholder,
                multiple=multiple,
                free=free,
                label_of=self._label,
            ),
        )
        super().__init__(**kwargs)

    def _label(self, value: Any) -> str:
        thing = self._found(value) if isinstance(value, str) else value
        return self.label_of(thing) if thing is not None else ""

    def _found(self, value: str) -> Any | None:
        try:
            return self.find(value)
        except (ValueError, ValidationError, LookupError):
            return None

    def prepare_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        if self.multiple:
            return [self._one(v) for v in value or []]
        if value in (None, ""):
            return None
        return self._one(value)

    def _one(self, value: Any) -> Any:
        if isinstance(value, FreeText):
            return self._typed(value)
        thing = self._found(str(value))
        if thing is None:
            raise ValidationError(self.error_messages["gone"], code="gone")
        return thing

    def _typed(self, value: FreeText) -> Any:
        matches = list(self.search(value.text))[:2] if self.search else []
        if len(matches) == 1:
            return matches[0]
        if self.free:
            return value
        raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": value.text})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(getattr(initial, "pk", initial) or "") != str(data or "")


class PhotosWidget(forms.Widget):
    """Photos from the camera: each is scaled, hashed and sent alone; the form carries only what the server holds."""

    template_name = "kernel/widgets/photos.html"
    kd_widget = "photos"

    def __init__(self, *, put_url: str = "/photos/", limit: int = 9, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.put_url, self.limit = put_url, limit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        stored = [v for v in (value or []) if SHA256.fullmatch(str(v))]
        context["widget"] |= {"put_url": self.put_url, "limit": self.limit, "stored": stored}
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [v for v in values if v]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False


class PhotosField(forms.Field):
    """The sha256 of each photo that the server has acknowledged, in the order taken, each once."""

    widget: PhotosWidget
    default_error_messages = {
        "bad": _("有一张照片的编号不对，请删掉后重新拍。"),
        "many": _("最多 %(limit)d 张照片。"),
        "required": _("至少要一张照片。"),
    }

    def __init__(self, *, limit: int = 9, put_url: str = "/photos/", **kwargs: Any) -> None:
        self.limit = limit
        kwargs.setdefault("widget", PhotosWidget(put_url=put_url, limit=limit))
        super().__init__(**kwargs)

    def to_python(self, value: Iterable[str] | None) -> list[str]:
        hashes = list(dict.fromkeys(str(v).strip().lower() for v in value or []))
        if any(not SHA256.fullmatch(v) for v in hashes):
            raise ValidationError(self.error_messages["bad"], code="bad")
        if len(hashes) > self.limit:
            raise ValidationError(self.error_messages["many"], code="many", params={"limit": self.limit})
        return hashes


class DateInput(forms.DateInput):
    """A day, by the device's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A moment, by the device's own calendar and clock, on the mine's wall clock."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
