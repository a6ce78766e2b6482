"""The settings of one machine, where a scripted listener needs no sound: see tests.environment.crowd."""

from config.settings.dev import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.environment.crowd.CrowdConfig"]  # noqa: F405
