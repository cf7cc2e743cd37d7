"""Filters of every page: what hides is shown, and a moment is told twice, by date and by age."""

from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kernel import clock, spans
from kernel.clock import isoformat
from kernel.visible import name_of, shown_run, split_hidden

register = template.Library()


@register.filter
def visible(text: object) -> SafeString:
    """The text, escaped, with every character that people do not see as its code."""
    return format_html_join(
        "",
        "{}",
        ((_hidden(piece) if hidden else piece,) for piece, hidden in split_hidden(str(text))),
    )


@register.filter
def when(moment: datetime | None) -> SafeString:
    """`2026-04-09 09:14:05 UTC` as a `time` element; nothing for None."""
    if moment is None:
        return SafeString()
    return _time(moment, f"{moment:%Y-%m-%d %H:%M:%S} UTC", "")


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """`3 h 20 min ago` as a `time` element whose title is the date; nothing for None."""
    if moment is None:
        return SafeString()
    title = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return _time(moment, spans.ago(moment, clock.now()), title)


def _time(moment: datetime, words: str, title: str) -> SafeString:
    at = isoformat(moment)
    if not title:
        return format_html('<time datetime="{}">{}</time>', at, words)
    return format_html('<time datetime="{}" title="{}">{}</time>', at, title, words)


def _hidden(run: str) -> SafeString:
    return format_html(
        '<span class="hidden-char" title="{}">{}</span>', name_of(run[0]), shown_run(run)
    )
