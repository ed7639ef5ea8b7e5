"""The history of an account, told from its commits and its record: who changed what, when, and was it applied."""
