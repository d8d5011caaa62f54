"""Which target is judged, with what rights, waivers, quirks and budgets."""
