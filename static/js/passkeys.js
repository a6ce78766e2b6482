// What allauth's scripts for passkeys leave out: words for what went wrong, and no button where no passkey can be used.

const trouble = /** @type {HTMLElement | null} */ (document.querySelector("[data-passkey-trouble]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("#passkey-words"))?.dataset ?? {};
const buttons = ["passkey_login", "mfa_webauthn_authenticate", "mfa_webauthn_reauthenticate", "mfa_webauthn_add"];

/** @param {string | undefined} text */
function tell(text) {
  if (!trouble) return;
  trouble.textContent = text ?? "";
  trouble.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  if (!(event instanceof CustomEvent) || !event.detail.tags.includes("webauthn")) return;
  event.preventDefault(); // else it goes to the console only
  tell(event.detail.exception?.name === "InvalidStateError" ? words.known : words.refused);
});

if (!("PublicKeyCredential" in window)) {
  for (const id of buttons) document.getElementById(id)?.setAttribute("disabled", "");
  if (!document.getElementById("passkey_login")) tell(words.missing);
}
