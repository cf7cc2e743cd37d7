"""Schemas published under /api/schemas/<name>.json and docs/schemas/<name>.schema.json."""

from incidents.documents.shape import SCHEMAS, Schema
from incidents.eval_case import EVAL_CASE, EVAL_CASE_SCHEMA

PUBLISHED: dict[str, Schema] = {**SCHEMAS, EVAL_CASE: EVAL_CASE_SCHEMA}
