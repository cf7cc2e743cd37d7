"""Documents as text: YAML in the seed's own hand, and JSON.

The seed's two examples come out byte for byte: keys in the schema's order, titles in double
quotes, sequences indented by two, everything else plain where plain cannot be misread.
"""

import json
import re
from typing import Any

import yaml

# A letter first, so that neither YAML 1.1 nor 1.2 takes it for a number or a date.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@+-]*\Z")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z\Z")
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_QUOTED = ("title",)
_TEXT = "tag:yaml.org,2002:str"
_RESOLVER = yaml.resolver.Resolver()


def as_yaml(document: dict[str, Any]) -> str:
    """One document, each line ended; no `---`."""
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def as_json(document: dict[str, Any]) -> str:
    """The same, two spaces deep."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _mapping(values: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_mapping(value, indent + "  ")]
        elif isinstance(value, list) and value:
            lines += [f"{indent}{key}:", *_sequence(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {_scalar(value, quoted=key in _QUOTED)}")
    return lines


def _sequence(values: list[Any], indent: str) -> list[str]:
    lines = []
    for value in values:
        if isinstance(value, dict):
            inner = _mapping(value, indent + "  ")
            lines += [f"{indent}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{indent}- {_scalar(value)}")
    return lines


def _scalar(value: Any, *, quoted: bool = False) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[]"
    text = str(value)
    if not quoted and (_MOMENT.match(text) or _is_plain(text)):
        return text
    escaped = json.dumps(text, ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)


def _is_plain(text: str) -> bool:
    if not _PLAIN.match(text) or text.lower() in ("y", "n", "nan", "inf"):
        return False
    return bool(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == _TEXT)
