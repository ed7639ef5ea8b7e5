"""The account over HTTP: the contract of ``wire``, served from an embedded account file.

    running     a socket, signals, the server
    app         what is where, as FastAPI has it
    gate        who comes in: address, token, rate, size
    reading     settings and record sets     writing     one setting     batching    many in one transaction
    submitting  requests, exactly once       telling     facts and their files
    judging     what is sent, judged by the kinds
    account     the account file, as many threads use it

Whoever knows FastAPI and uvicorn is here.
"""
