"""A virtual authenticator in Chromium: a device that keeps passkeys, with somebody's finger on it."""

from playwright.sync_api import CDPSession, Page


class Authenticator:
    """One for a page; Chromium asks it instead of the person."""

    def __init__(self, page: Page) -> None:
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def keeps(self) -> int:
        """How many passkeys it holds."""
        return len(self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"])

    def knows_its_owner(self, known: bool) -> None:
        """Whether finger, face or PIN fit from now on."""
        self._devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": known})
