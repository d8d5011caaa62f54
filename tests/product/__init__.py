"""Whole runs against sound servers that differ from ours: none may raise a finding."""
