"""What is listened for on stages, for staff to choose; and how recognisers keep up, to be read."""

from django.contrib import admin

from moderation.models import Recogniser, SpeechPhrase
from rooms.admin import ReadOnlyAdmin


@admin.register(SpeechPhrase)
class SpeechPhraseAdmin(admin.ModelAdmin):
    """A change is heard within seconds, without a restart."""

    list_display = ("phrase", "language", "active")
    list_filter = ("language", "active")
    search_fields = ("phrase",)


@admin.register(Recogniser)
class RecogniserAdmin(ReadOnlyAdmin):
    """Whether machines keep up, and which phrases they cannot hear."""

    list_display = ("worker", "state", "at", "waiting_seconds", "listened_seconds", "left_out_seconds", "unknown")
