"""The settings of one machine, with a bus that loses what a test tells it to."""

from config.settings.dev import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.environment.lossy_bus.LossyBusConfig"]  # noqa: F405
