"""The account's contract over HTTP, encoded and decoded once for both ends: service and provider.

    paths       where everything is
    account     who the account is, and what it can hold and do
    entries     settings and record sets, one by one and in pages
    values      what the value of each kind holds
    examples    one of each, and what is said of it
    writes      what is written, and what became of it
    requests    what was asked for, and what became of it
    problem     why not (RFC 9457)

Every text that comes from the other end is untrusted.
"""
