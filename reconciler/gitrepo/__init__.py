"""Git, hardened: the only room that knows it.

Nothing that a repository's files or configuration say is ever run. :mod:`~reconciler.gitrepo.process` starts git,
:mod:`~reconciler.gitrepo.objects` knows what objects look like, :mod:`~reconciler.gitrepo.repo` asks and writes.
"""
