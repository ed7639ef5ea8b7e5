"""Forges: the services that host repositories, and what they know of reviews and approvals; one file each."""
