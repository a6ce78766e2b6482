"""What the tests need around them: programs, databases, a running installation, sounds."""
