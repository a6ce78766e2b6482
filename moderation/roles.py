"""The roles of staff: groups of the admin, made by migrations. What a role may see and do stands here.

Staff without a role see nothing. Who may do everything is a superuser, who also hands out roles. Roles can be changed in the
admin; a migration only adds what is not there.
"""

from typing import Any

_SEEN = {
    "accounts": ("user", "profile", "industry"),
    "rooms": ("room", "topic", "participant", "ban", "stagemoment"),
    "moderation": (
        *("case", "report", "flag", "heldtext", "term", "roomrisk", "sanction", "appeal", "evidence"),
        *("evidenceopening", "speechphrase", "recogniser", "person"),
    ),
}
_JUDGES = (
    *("moderation.decide_case", "moderation.be_paged", "moderation.decide_flag", "moderation.decide_heldtext"),
    *("moderation.impose_sanction", "moderation.lift_sanction", "moderation.decide_appeal", "moderation.open_evidence"),
    *("rooms.change_room", "rooms.change_ban"),
)
_MEMBERSHIP = {
    "accounts": ("user", "profile", "industry", "claim", "claimdocument", "namechange", "outboxmessage", "smscount"),
    "invites": (
        *("invite", "application", "vouch", "redemption", "replytemplate", "branch", "branchmeasure", "quotaentry"),
        "neverinvite",
    ),
}


def _views(seen: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{app}.view_{model}" for app, models in seen.items() for model in models)


MODERATOR = (*_views(_SEEN), *_JUDGES, "invites.view_branch", "invites.view_branchmeasure")
SENIOR = (
    *MODERATOR,
    *(
        "moderation.ban_member",
        "moderation.view_figures",
        "rooms.view_audioworker",
        "invites.add_branchmeasure",
        "accounts.view_auditentry",
    ),
    *("moderation.add_term", "moderation.change_term", "moderation.delete_term"),
    *("moderation.add_speechphrase", "moderation.change_speechphrase", "moderation.delete_speechphrase"),
    *("accounts.view_documentversion", "accounts.add_documentversion", "rooms.change_topic"),
    *("accounts.view_boundcontact", "accounts.view_auditseal"),
)
MEMBERSHIP = (
    *_views(_MEMBERSHIP),
    *("invites.add_invite", "invites.change_invite", "invites.change_application", "invites.add_quotaentry"),
    *("invites.add_replytemplate", "invites.change_replytemplate", "invites.delete_replytemplate"),
    *("accounts.review_claim", "accounts.change_claim", "accounts.change_namechange"),
    *("accounts.view_claimreplytemplate", "accounts.add_claimreplytemplate", "accounts.change_claimreplytemplate"),
)
AUDITOR = (
    *_views(_SEEN),
    *_views(_MEMBERSHIP),
    *("accounts.view_auditentry", "accounts.view_auditseal", "accounts.view_documentversion", "accounts.view_consent"),
    *("accounts.view_dataexport", "accounts.view_accountdeletion", "accounts.view_boundcontact"),
    *("moderation.view_figures", "rooms.view_audioworker"),
)
ROLES = {"Moderator": MODERATOR, "Senior moderator": SENIOR, "Membership": MEMBERSHIP, "Auditor": AUDITOR}


def establish(apps: Any) -> None:
    """Make the roles, and give them what they lack of what exists. `apps` is the registry, a migration's or today's."""
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    by_name = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.select_related("content_type")
    }
    for name, permissions in ROLES.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.add(*(by_name[one] for one in permissions if one in by_name))
