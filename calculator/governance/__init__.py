"""What cannot be bought off, and what it costs to leave: rules with evidence, lock-in in money."""
