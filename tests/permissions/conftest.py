"""The live web process of tests.signalling."""

from tests.signalling.conftest import live, worker

__all__ = ["live", "worker"]
