"""How the desk does: figures over a period, each with its definition, none with anybody's text."""
