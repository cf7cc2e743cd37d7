"""The embedded stack: web server, worker and beat as children of one supervisor."""
