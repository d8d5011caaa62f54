"""The pytest plugin: selection, execution ahead of reporting, recording."""
