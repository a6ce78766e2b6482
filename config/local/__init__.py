"""MiTalk on one machine: from a fresh checkout to running processes."""
