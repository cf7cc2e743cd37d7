"""Browsing pages of incidents: looked at here, worked on in the case's own pages."""

from incidents.admin import artifacts, cases, clocks, desk, lesson

__all__ = ["artifacts", "cases", "clocks", "desk", "lesson"]
