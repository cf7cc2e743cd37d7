#!/usr/bin/env python
"""Django's command line for Prism Care."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prism_care.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}\nSettings come from the environment: docs/configuration.md lists them.")


if __name__ == "__main__":
    main()
