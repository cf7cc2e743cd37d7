"""Answers that are documents: in JSON, or as the text that a person reads."""

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView


class MarkdownRenderer(BaseRenderer):
    """`Accept: text/markdown`; the view answers with the text itself."""

    media_type = "text/markdown"
    format = "markdown"
    charset = "utf-8"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        return str(data).encode()


class MarkdownView(APIView):
    # For a view whose GET has a Markdown form; refusals stay JSON, whatever is asked for. (No
    # docstring: the OpenAPI document would show it for each operation that has none.)

    renderer_classes = [JSONRenderer, MarkdownRenderer]

    @property
    def wants_markdown(self) -> bool:
        return isinstance(self.request.accepted_renderer, MarkdownRenderer)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        if response.status_code >= 400 or not isinstance(response.data, str):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
