"""The demo: its data, and a driver that uses the running product only over HTTP."""
