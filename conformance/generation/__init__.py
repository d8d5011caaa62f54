"""Schema to Hypothesis strategies."""
