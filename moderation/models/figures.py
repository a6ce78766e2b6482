"""What the page of figures hangs on: so that roles can be given it, and staff find it among the others."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from moderation.models.cases import Case


class Figures(Case):
    """No rows of its own: its one permission, `moderation.view_figures`, opens the page. See moderation.figures_admin."""

    class Meta:
        proxy = True
        verbose_name = _("figures")
        verbose_name_plural = _("figures")
        default_permissions: ClassVar = ["view"]
