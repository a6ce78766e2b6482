"""What a host types to announce a room, or to change what was announced."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.text import validate_words
from accounts.zones import zone_choices
from rooms.domain.programme import LATEST_AHEAD, NoSuchTime, instant
from rooms.forms import RoomForm
from rooms.models import Room

_EARLIEST_AHEAD = timedelta(minutes=1)


class ScheduleForm(RoomForm):
    """A room to come: a room, and when it starts on the clocks of which place."""

    date = forms.DateField(label=_("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Everybody sees the time on their own clocks."),
        widget=forms.Select(attrs={"data-zoned": ""}),
    )
    ALWAYS = ("title", "topic", "date", "time", "time_zone", "description")
    field_order = ALWAYS

    class Meta(RoomForm.Meta):
        widgets = {"description": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            **RoomForm.Meta.help_texts,
            "description": _("What will be talked about, and for whom it is."),
        }

    def __init__(self, *args: Any, host: User, zone: str, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        room: Room | None = kwargs.get("instance")
        initial = {"time_zone": zone, **(initial or {})}
        if room is not None:
            starts_at = timezone.localtime(room.starts_at, ZoneInfo(zone))
            initial |= {"date": starts_at.date(), "time": starts_at.time(), "speakers": ""}
        super().__init__(*args, host=host, initial=initial, **kwargs)
        time_zone = self.fields["time_zone"]
        assert isinstance(time_zone, forms.ChoiceField)
        if zone not in dict(zone_choices()):  # an older name of a place
            time_zone.choices = [(zone, zone.replace("_", " ")), *zone_choices()]
        if room is not None:
            # Whom one named is not shown: it would tell which addresses are members'.
            self.fields["speakers"].help_text = _(
                "Their e-mail addresses, separated by commas: they replace those you named before. Empty: as it was."
            )

    def clean_description(self) -> str:
        """Lines that can be read as they stand."""
        text = self.cleaned_data["description"].replace("\r\n", "\n").strip()
        if text:
            validate_words(text.replace("\n", " "))
        return str(text)

    def clean(self) -> dict[str, Any]:
        """The moment, as `starts_at`."""
        cleaned = super().clean() or self.cleaned_data
        if {"date", "time", "time_zone"} <= set(cleaned):
            starts_at = self._moment(cleaned)
            if starts_at is not None:
                cleaned["starts_at"] = starts_at
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime | None:
        try:
            starts_at = instant(cleaned["date"], cleaned["time"], ZoneInfo(cleaned["time_zone"]))
        except NoSuchTime:
            self.add_error(
                "time",
                forms.ValidationError(
                    _("Clocks are put forward over this time on that day. Choose another."), code="no_such_time"
                ),
            )
            return None
        except OverflowError:  # at the end of the calendar
            starts_at = None
        now = timezone.now()
        if starts_at is None or starts_at > now + LATEST_AHEAD:
            self.add_error(
                "date",
                forms.ValidationError(_("That is more than a year ahead. Choose a nearer date."), code="too_far"),
            )
            return None
        if starts_at < now + _EARLIEST_AHEAD:
            self.add_error(
                "date", forms.ValidationError(_("That is over already. Choose a time to come."), code="in_the_past")
            )
            return None
        return starts_at

    def announced(self) -> dict[str, Any]:
        """What the services take."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("date", "time")}
        if self.instance.pk is not None and not self._named:
            del said["speakers"]
        return said
