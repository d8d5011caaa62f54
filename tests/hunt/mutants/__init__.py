"""Faults, one module an area; the docstring of each is the fault."""
