"""Objects on the target: made by recipe, recorded in a ledger, removed again."""
