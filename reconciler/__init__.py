"""Infrastructure as code for a web-hosting customer account."""

__version__ = "0.1.0"
