"""Seeded faults, one requirement each: how we know that the suite would notice."""
