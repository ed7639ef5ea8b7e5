"""The one HTTP client of the house: for forges, and for servers that hold an account.

    connection   one origin and its pool: limits, retries where they are safe, no redirects, no word of a secret
    pace         how much is asked at once, of a server that refuses what is too much
    transport    what is sent is counted, and a connection that only reads refuses every other verb
    answer       what came back
    verbs        which of them change nothing
    errors       why nothing came back that can be used

Whoever asks turns these errors into those of his own room.
"""
