"""An independent measure of detection: faults put in front of a server by a proxy (README.md)."""
