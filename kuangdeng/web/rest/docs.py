"""The page that explains the API, rendered here from its schema: mines are offline, and no script is needed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

METHODS = ("get", "head", "post", "put")


class OwnDocs(DocsBase):
    """The schema as a readable Chinese page."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page."""
        schema = api.get_openapi_schema()
        groups: dict[str, list[dict[str, Any]]] = {}
        for path, operations in schema["paths"].items():
            for method in METHODS:
                if method in operations:
                    operation = _operation(path, method, operations[method], schema)
                    groups.setdefault(operation["tag"], []).append(operation)
        context = {"groups": groups, "schema_url": self.get_openapi_url(api, kwargs), "title": schema["info"]["title"]}
        return render(request, "web/api_docs.html", context)


def _operation(path: str, method: str, operation: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "tag": (operation.get("tags") or ["其他"])[0],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [_parameter(one, schema) for one in operation.get("parameters", [])],
        "kinds": [kind for kind in content if kind != "application/json"],
        "fields": _fields(body, schema) if body else [],
        "answers": [
            {"status": status, "fields": _answer_fields(answer, schema)}
            for status, answer in operation["responses"].items()
            if int(status) < 300
        ],
        "errors": [status for status in operation["responses"] if int(status) >= 300],
    }


def _parameter(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    shape = parameter["schema"]
    return {
        "name": parameter["name"],
        "required": parameter.get("required", False),
        "type": _type(shape, schema),
        "note": shape.get("description") or parameter.get("description", ""),
    }


def _answer_fields(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    body = answer.get("content", {}).get("application/json", {}).get("schema")
    if not body:
        return []
    if body.get("type") == "array":
        body = body["items"]
    return _fields(body, schema)


def _resolve(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in shape:
        found: Mapping[str, Any] = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        return found
    return shape


def _fields(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    model = _resolve(shape, schema)
    required = model.get("required", [])
    return [
        {"name": name, "required": name in required, "type": _type(one, schema), "note": one.get("description", "")}
        for name, one in model.get("properties", {}).items()
    ]


def _type(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in shape:
        return str(shape["$ref"].rsplit("/", 1)[1])
    if "anyOf" in shape:
        return " | ".join(dict.fromkeys(_type(one, schema) for one in shape["anyOf"]))
    if "enum" in shape:
        return " | ".join(f"{one}" for one in shape["enum"] if one != "")
    if shape.get("type") == "array":
        return f"[{_type(shape.get('items', {}), schema)}]"
    limit = f" ≤{shape['maxLength']}" if "maxLength" in shape else ""
    return str(shape.get("format") or shape.get("type") or "") + limit
