"""Does a service keep the contract? A story through every kind that it says it holds, told against the service itself.

service   what is asked, and what every answer must be
account   what must hold of the account before anything is made in it
settings  each kind made, read, changed and deleted, with every condition and every repetition
samples   what is made
pages     collections around the edges of a page, and their marks
batches   all of it, or nothing
requests  asked for exactly once
facts     what the account tells, and its files
strangers who comes without a token, or with what can't be understood
suite     the chapters in their order, and the table of what holds

It knows the contract (``wire``) and the kinds only, and nothing of how a service is built.
"""
