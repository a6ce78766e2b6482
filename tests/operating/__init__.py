"""The operator's half: deploy/ is run as it is, the doctor is shown what breaks, a backup is restored."""
