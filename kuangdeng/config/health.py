"""Whether this process can serve: for reverse proxies, the supervisor and monitoring."""

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse

from kuangdeng.ledger.api import given_up


@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """Answers 200 when the database answers, 503 otherwise.

    Strangers learn nothing else but one number: how many ledger entries were given up and wait for a person.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return HttpResponse("database\n", status=503, content_type="text/plain")
    with suppress(Error):  # before the first migration
        if lost := given_up():
            return HttpResponse(f"ok\ngiven-up {lost}\n", content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
