"""How long something may take: working time, policies, and the clocks of a case."""
