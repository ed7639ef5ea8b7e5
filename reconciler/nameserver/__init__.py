"""Name servers: transfers, questions and UPDATE over the wire, without an object per record.

:mod:`~reconciler.nameserver.message` reads messages, :mod:`~reconciler.nameserver.rdata` brings record data into
canonical form, :mod:`~reconciler.nameserver.signing` signs and proves, :mod:`~reconciler.nameserver.connection` carries
bytes. Above them stand :mod:`~reconciler.nameserver.transfer`, :mod:`~reconciler.nameserver.query` and
:mod:`~reconciler.nameserver.update`.
"""
