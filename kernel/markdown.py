"""Markdown as GitHub would show it, without asking GitHub and without loading anything.

cmark-gfm is GitHub's own parser; what it leaves of raw HTML is cut to GitHub's list of tags.
Unapproved text is never sent to GitHub's `/markdown`.
"""

import re

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options
from django.utils.safestring import SafeString, mark_safe

_OPTIONS = (
    Options.CMARK_OPT_UNSAFE  # raw HTML goes on to the sanitizer instead of being dropped unseen
    | Options.CMARK_OPT_HARDBREAKS  # issues break lines where the author did
    | Options.CMARK_OPT_FOOTNOTES
    | Options.CMARK_OPT_GITHUB_PRE_LANG
)
_EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]

# https://github.com/gjtorikian/html-pipeline, the list GitHub's sanitizer started from.
_TAGS = frozenset(
    re.findall(
        r"\w+",
        "h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture ol ul "
        "table thead tbody tfoot blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s "
        "strike summary details caption figure figcaption abbr bdo cite dfn mark small span time "
        "wbr section input",
    )
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"align", "dir", "id", "lang", "title", "aria-label"},
    "a": {"href"},
    "img": {"alt"},
    "input": {"checked"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "details": {"open"},
    "time": {"datetime"},
}
# For reading what is in there, never for showing it: with the addresses of images.
_ATTRIBUTES_TO_READ = {**_ATTRIBUTES, "img": {"alt", "src"}}


def render_markdown(markdown: str) -> str:
    """HTML as GitHub's parser makes it, not safe to show."""
    return cmarkgfm.markdown_to_html_with_extensions(
        # The parser is C and takes UTF-8; a lone surrogate cannot be sent and was refused before.
        markdown.encode("utf-8", "replace").decode(),
        options=_OPTIONS,
        extensions=_EXTENSIONS,
    )


def preview(rendered: str) -> SafeString:
    """What `render_markdown` made, safe to show: no script, style, form or remote image."""
    return mark_safe(_clean(rendered, _ATTRIBUTES))  # noqa: S308


def to_read(rendered: str) -> str:
    """Well-formed HTML for `effects`; images keep their addresses, so it is never shown."""
    return _clean(rendered, _ATTRIBUTES_TO_READ)


def _clean(rendered: str, attributes: dict[str, set[str]]) -> str:
    return nh3.clean(
        rendered,
        tags=set(_TAGS),
        attributes=attributes,
        url_schemes={"http", "https", "mailto"},
        id_prefix="user-content-",  # as GitHub does: an id of the text never is an id of the page
        link_rel="nofollow noopener noreferrer",
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "input": {"type": "checkbox", "disabled": "disabled"},
            "details": {"open": ""},  # nothing is approved folded away
        },
    )
