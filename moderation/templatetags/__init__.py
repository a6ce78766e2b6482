"""What templates need of moderation."""
