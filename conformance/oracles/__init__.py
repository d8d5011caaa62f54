"""How a breach is recognised: pure functions from observations to breaches."""
