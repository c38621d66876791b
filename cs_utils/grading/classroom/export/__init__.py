"""Marks and feedback on their way back to a learning platform: its own files filled in, and nothing of them lost."""
