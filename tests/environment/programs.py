"""The programs that the tests need beside Python: found, installed through apt where that is allowed, or named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# What must be there → the Debian package that brings it.
FOR_LINT = {"node": "nodejs", "npm": "npm"}
NEEDED = FOR_LINT | {
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "pulseaudio": "pulseaudio",  # Firefox plays nothing on a machine without a sound card
    "turnserver": "coturn",
    "espeak-ng": "espeak-ng",
    "sox": "sox",
    "msgfmt": "gettext",
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "nginx": "nginx-light",  # with the next: what stands in deploy/ is tried with what it is for
    "systemd-analyze": "systemd",
    "ip": "iproute2",  # with the next: networks that are cut and lose
    "nft": "nftables",
}
FONT = ("NotoSansCJK", "fonts-noto-cjk")


def demand(*, lint_only: bool = False) -> None:
    """Return when everything is there, or all that checking the code needs.

    Raises:
        SystemExit: something is missing and cannot be installed from here; says the one line to type.
    """
    missing = missing_packages(lint_only=lint_only)
    if not missing:
        return
    prefix = _apt_prefix()
    line = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
    if prefix is None or not shutil.which("apt-get"):
        sys.exit(f"The tests need {', '.join(missing)}. Type: {line}")
    sys.stdout.write(f"Installing {', '.join(missing)} through apt…\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *missing]):
        outcome = subprocess.run([*prefix, *command], env=environment, stdout=subprocess.DEVNULL, check=False)
        if outcome.returncode != 0:
            sys.exit(f"apt-get failed; the reason is above. When it is mended, type: {line}")
    still = missing_packages(lint_only=lint_only)
    if still:
        sys.exit(f"Installed, and still not found: {', '.join(still)}.")


def missing_packages(*, lint_only: bool = False) -> list[str]:
    """The Debian packages of what is not there."""
    needed = FOR_LINT if lint_only else NEEDED
    missing = [package for program, package in needed.items() if find(program) is None]
    if not lint_only and not any(Path("/usr/share/fonts").rglob(f"{FONT[0]}*")):
        missing.append(FONT[1])
    return missing


def find(program: str) -> str | None:
    """Where a program is; PostgreSQL's server, and nginx for who is not root, are not on Debian's PATH."""
    if program == "postgres":
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
        return str(versions[-1]) if versions else None
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def _apt_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "-E"]
    return None
