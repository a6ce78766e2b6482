"""Measurements of apps above this one, which register them in their AppConfig."""

from importlib import import_module
from types import ModuleType

_MODULES: dict[str, str] = {}


def register(name: str, module: str) -> None:
    """Have `manage.py bench` know a measurement: a module with `add_arguments` and `run`."""
    _MODULES[name] = module


def modules() -> dict[str, ModuleType]:
    """Those that are registered."""
    return {name: import_module(module) for name, module in _MODULES.items()}
