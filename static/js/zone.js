// Tells the server in which time zone this browser is, so that times are shown on the person's own clocks.

// As accounts/cookies.py names them.
const PREFIX = location.protocol === "https:" ? "__Host-" : "";
const COOKIE = `${PREFIX}mitalk_zone`;
const CHOSEN = `${PREFIX}mitalk_zone_chosen`;
const A_YEAR_SECONDS = 365 * 86_400;

/** @param {string} name */
function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && cookie(COOKIE) !== zone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${zone}; path=/; max-age=${A_YEAR_SECONDS}; samesite=lax${secure}`;
  // The page in hand shows another place's times. It is loaded again once, where cookies are kept.
  const shown = document.documentElement.dataset.zone;
  const matters = !cookie(CHOSEN) && shown !== zone && document.querySelector("[data-zoned]");
  if (matters && cookie(COOKIE) === zone) location.reload();
}
