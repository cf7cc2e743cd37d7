"""What the forms of a case send, parsed. Whether it may happen is the services' to say."""

from typing import Any

from django import forms

from kernel.errors import invalid


def parsed(form: forms.Form) -> dict[str, Any]:
    """The form's values. Raises invalid_request naming the wrong fields."""
    if not form.is_valid():
        raise invalid(
            "The form is not complete; see below.",
            **{name: [str(one) for one in found] for name, found in form.errors.items()},
        )
    return form.cleaned_data


class TextField(forms.CharField):
    """Several lines. Browsers send line ends as CR LF; the text keeps LF."""

    def clean(self, value: Any) -> Any:
        return str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n")


class LinesField(forms.CharField):
    """One value per line, blank lines left out."""

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]
