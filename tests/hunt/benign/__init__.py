"""Variations that a sound server may show; none may raise an alarm."""
