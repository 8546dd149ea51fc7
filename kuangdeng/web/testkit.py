"""A program that uses the API for one person, for tests."""

import json
from typing import Any

from django.test import Client

from kuangdeng.org.api import Person
from kuangdeng.org.testkit import token_for


class Program:
    """Calls /api/v1 with a fresh token of a person; an error of the server is an answer, not an exception."""

    def __init__(self, person: Person) -> None:
        self.secret = token_for(person)
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, data: bytes = b"", kind: str = "application/json", **headers: Any) -> Any:
        """One request with a raw body."""
        return self.client.generic(
            method, f"/api/v1{path}", data, content_type=kind, HTTP_AUTHORIZATION=f"Bearer {self.secret}", **headers
        )

    def get(self, path: str) -> Any:
        """Read."""
        return self.send("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        """Write."""
        return self.send("POST", path, b"" if body is None else json.dumps(body).encode())
