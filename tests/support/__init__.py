"""What several test rooms share: a real PostgreSQL, a real Chromium, the closing summary."""
