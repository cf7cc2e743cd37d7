"""Forms besides JSON in which an address may answer."""

from typing import Any

from rest_framework.renderers import BaseRenderer


class YAMLRenderer(BaseRenderer):
    """RFC 9512. Takes what a view returns as text already: a document's own hand decides how its
    YAML looks."""

    media_type = "application/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        return str(data).encode("utf-8")
