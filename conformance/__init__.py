"""A conformance test suite for servers that implement the Kaltura API v3."""

__version__ = "0.1.0"
