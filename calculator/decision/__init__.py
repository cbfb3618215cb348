"""Deciding under uncertainty: who wins, how sure, what a rule costs."""
