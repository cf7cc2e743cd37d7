"""What the review page's forms send, parsed. Whether it may happen is the services' to say."""

from typing import Any

from django import forms

from kernel.errors import invalid
from phonehome.states import RejectReason

ACTIONS = ("approve", "reject", "request_changes", "edit", "retry")
NOTES_CHARACTERS = 5_000
# GitHub's limits are checked by the service, with their own sentences; these keep a form sane.
TITLE_CHARACTERS = 1_000
BODY_CHARACTERS = 70_000


class LinesField(forms.CharField):
    """One value per line, blank lines left out."""

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class ValuesField(forms.MultipleChoiceField):
    """Any values of a repeated field; which of them matter, the service knows."""

    def validate(self, value: Any) -> None:
        if len(value) > 200 or any(len(one) > 200 for one in value):
            raise forms.ValidationError("Too many values, or too long ones.")


class DecisionForm(forms.Form):
    digest = forms.CharField(max_length=64, min_length=64)
    notes = forms.CharField(max_length=NOTES_CHARACTERS, required=False)
    reason_code = forms.ChoiceField(choices=RejectReason.choices, required=False)
    ack = ValuesField(required=False)


class EditForm(forms.Form):
    """The words of the next revision. Browsers send line ends as CR LF; the text keeps LF."""

    digest = forms.CharField(max_length=64, min_length=64)
    title = forms.CharField(max_length=TITLE_CHARACTERS)
    body_markdown = forms.CharField(max_length=BODY_CHARACTERS, strip=False)
    labels = LinesField(required=False)

    def clean_body_markdown(self) -> str:
        text: str = self.cleaned_data["body_markdown"]
        return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed(form: forms.Form) -> dict[str, Any]:
    """The form's values. Raises invalid_request naming the wrong fields."""
    if not form.is_valid():
        raise invalid(
            "The form is not complete; see below.",
            **{name: [str(one) for one in found] for name, found in form.errors.items()},
        )
    return form.cleaned_data
