"""What the description of the API says of every operation alike: its refusals, its key, its limits."""

from ninja.openapi.schema import OpenAPISchema

from .errors import RefusalOut

_REFUSAL = "RefusalOut"
_REFUSALS = {
    400: "The body cannot be read.",
    401: "No valid token.",
    403: "A role or a scope does not allow it.",
    404: "Not there, or not yours to see.",
    409: "It cannot be done as things stand.",
    413: "Too large.",
    422: "A value does not fit.",
    429: "Too many calls; Retry-After says when to come again.",
    500: "A fault on our side; nothing was changed.",
    507: "No room for files.",
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": (
        "With the same key the same request is done once and answered alike for 24 hours (`Idempotent-Replay: true`)."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Return the description with every operation's refusals, and the Idempotency-Key of every POST."""
    schema["components"]["schemas"][_REFUSAL] = RefusalOut.model_json_schema(mode="serialization")
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{_REFUSAL}"}}}
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            for status, description in _REFUSALS.items():
                operation["responses"].setdefault(status, {"description": description, "content": content})
            if method == "post":
                operation["parameters"] = [*operation["parameters"], _KEY]
    return schema
