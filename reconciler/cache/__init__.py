"""What was read once and can be read again faster; losing any of it costs time only.

Nothing that is secret or personal is ever kept here: files of zones, the DNS and its record, and marks such as serials.
"""
