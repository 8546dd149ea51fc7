"""A photo, by way of the hazard that shows it and by no other way."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest

from kuangdeng.hazards.queries import get_photo
from kuangdeng.kernel.web import photo_answer


def photo(request: HttpRequest, hazard_id: UUID, sha256: str) -> FileResponse:
    """A photo of a hazard, whole or small. 404 for whoever may not know of the hazard."""
    by: Any = request.user
    found = get_photo(hazard_id, sha256, by=by)
    return photo_answer(found.file_id, thumb=request.GET.get("size") == "thumb")
