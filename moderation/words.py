"""What staff and reporters read where rows hold a stable name."""

from django.utils.translation import gettext_lazy as _

from rooms.domain.messages import ReportCategory

CATEGORIES = [
    (ReportCategory.HARASSMENT.value, _("Harassment or threats")),
    (ReportCategory.HATE.value, _("Hate")),
    (ReportCategory.PRIVACY.value, _("Somebody’s private matters")),
    (ReportCategory.FRAUD.value, _("Fraud or spam")),
    (ReportCategory.DANGER.value, _("Danger to somebody")),
    (ReportCategory.OTHER.value, _("Something else")),
]
