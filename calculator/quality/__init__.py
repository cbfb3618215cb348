"""How good models are: scores for an option, the race of open against proprietary, floors with their statistics."""
