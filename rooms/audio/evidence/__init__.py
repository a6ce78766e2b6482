"""The last minutes of a stage, kept encrypted for the case that somebody reports it: docs/decisions/0022."""
