"""What a person says about themselves."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts import photos
from accounts.links import link_host
from accounts.models import Profile
from accounts.portraits import PORTRAITS
from accounts.profile_models import LANGUAGE_NAMES, MAX_TAG, MOST_LINKS, MOST_TAGS
from accounts.text import key, tidy, validate_words
from accounts.visibility import FIELDS
from accounts.written import refuse_in_form

_BETWEEN_TAGS = re.compile(r"[,，、;；\n]")
_WORDS = ("name", "headline", "organisation", "bio", "expertise", "links")
_VISIBILITIES = [f"{field}_visibility" for field in FIELDS if field != "photo"]


class TagsField(forms.CharField):
    """A few things in one line, with commas between them: also those of Chinese."""

    def prepare_value(self, value: Any) -> Any:
        """A list as the line that it came from."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """A list, each once, whatever its case."""
        tags: dict[str, str] = {}
        for words in map(tidy, _BETWEEN_TAGS.split(super().clean(value))):
            if words:
                tags.setdefault(key(words), words)
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("%(most)d at most."), code="too_many", params={"most": MOST_TAGS})
        for words in tags.values():
            for validate in (MinLengthValidator(2), MaxLengthValidator(MAX_TAG), validate_words):
                validate(words)
        return list(tags.values())


class LinksField(forms.CharField):
    """A few addresses, one in a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """A list as the lines that it came from."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """A list, each once."""
        links = list(dict.fromkeys(super().clean(value).split()))
        if len(links) > MOST_LINKS:
            raise ValidationError(_("%(most)d at most."), code="too_many", params={"most": MOST_LINKS})
        for link in links:
            link_host(link)
        return links


class ProfileForm(forms.ModelForm):
    """The professional profile. What a newcomer is asked comes first; the rest can wait."""

    ALWAYS: ClassVar = ("name", "headline", "organisation", "industry", "language")
    MORE: ClassVar = ("expertise", "languages", "bio", "links")

    expertise = TagsField(
        label=_("Expertise"),
        max_length=400,
        required=False,
        help_text=_("What you know about, with commas between: packaging, yield, 先进封装. Eight at most."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"),
        choices=list(LANGUAGE_NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    links = LinksField(
        label=_("Links"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url", "spellcheck": "false"}),
        help_text=_("One address in a line, each with https://. Five at most."),
    )
    portrait = forms.ChoiceField(
        label=_("Portrait"),
        required=False,
        choices=[("", _("My initials")), *((name, name) for name in PORTRAITS)],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Profile
        fields = ["name", "headline", "organisation", "industry", "language", "bio", "portrait", *_VISIBILITIES]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "headline": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "bio": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {"bio": _("Plain words. Addresses with https:// become links.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _VISIBILITIES:
            self.fields[name].required = False  # left out: as it was
        if self.instance.pk:
            profile = self.instance
            self.initial["expertise"] = [tag.words for tag in profile.expertise.all()]
            self.initial["languages"] = [each.code for each in profile.languages.all()]
            self.initial["links"] = [each.url for each in profile.links.all()]

    def clean(self) -> dict[str, Any]:
        """What a form without them leaves out stays as it was."""
        cleaned = super().clean() or self.cleaned_data
        for name in _VISIBILITIES:
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        for name in self.MORE:
            if name not in self.data and not (name == "languages" and "more" in self.data):
                cleaned.pop(name, None)
        refuse_in_form(self, [(name, f"profile.{name}") for name in _WORDS], language=cleaned.get("language", ""))
        return cleaned

    def always(self) -> Iterator[tuple[BoundField, BoundField | None]]:
        """What everybody is asked, each with who sees it if that can be chosen."""
        return self._with_visibility(self.ALWAYS)

    def more(self) -> Iterator[tuple[BoundField, BoundField | None]]:
        """What can wait."""
        return self._with_visibility(self.MORE)

    def more_is_wrong(self) -> bool:
        """Whether something is to be put right in what can wait."""
        return any(name in self.errors for name in self.MORE)

    def _with_visibility(self, names: tuple[str, ...]) -> Iterator[tuple[BoundField, BoundField | None]]:
        for name in names:
            visibility = f"{name}_visibility"
            yield self[name], self[visibility] if visibility in self.fields else None


class PhotoForm(forms.Form):
    """A photo of oneself. Clean, `photo` is the pictures to keep, by size."""

    photo = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, 8 MB and 24 megapixels at most. Where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    def clean_photo(self) -> dict[int, bytes]:
        """Written anew."""
        sent = self.cleaned_data["photo"]
        return photos.render(sent, sent.size)


class PhotoVisibilityForm(forms.ModelForm):
    """Who sees the photo."""

    class Meta:
        model = Profile
        fields = ["photo_visibility"]
        widgets = {"photo_visibility": forms.RadioSelect}
