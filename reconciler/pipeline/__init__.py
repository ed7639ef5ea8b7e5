"""The corridors: the only place that walks from room to room.

A room receives values and returns values; what a run does is read here from top to bottom. No loop over resources
lives here, and no text that a person reads is made here.
"""
