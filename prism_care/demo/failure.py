"""What ends a demo early."""


class DemoFailed(Exception):
    """A step did not happen; the text is a sentence for the person watching."""
