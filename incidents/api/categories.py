"""The taxonomy as agents read it."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.categories import known_categories
from incidents.models import Category
from kernel.clock import isoformat


class CategorySerializer(serializers.Serializer):
    """A retired category stays readable and is not given any more."""

    name = serializers.CharField()
    meaning = serializers.CharField()
    own = serializers.BooleanField()
    retired_at = serializers.DateTimeField(allow_null=True)


def category_body(category: Category) -> dict[str, Any]:
    return {
        "name": category.name,
        "meaning": category.meaning,
        "own": category.tenant_id is not None,
        "retired_at": isoformat(category.retired_at),
    }


class CategoryListView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}

    @extend_schema(
        operation_id="categories_list",
        responses=inline_serializer(
            "Categories",
            {
                "results": CategorySerializer(many=True),
                "next": serializers.CharField(allow_null=True),
            },
        ),
    )
    def get(self, request: Any) -> Response:
        """Every category of the tenant by name: the product's and, marked `own`, its own."""
        rows = [category_body(one) for one in known_categories(self.agent.tenant_id)]
        return Response({"results": rows, "next": None})


urlpatterns = [path("categories", CategoryListView.as_view(), name="categories")]
