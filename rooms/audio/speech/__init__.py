"""Speech on a stage, listened to by a machine for phrases that staff named: docs/speech.md. The rest is not stored."""
