"""What lies in the work tree and not in the commit that is checked out: it is no part of a pull request."""

from reconciler.load.tree import Tree

_READ = (".yaml", ".yml", ".zone")


def uncommitted(work: Tree, head: Tree) -> tuple[str, ...]:
    """Return the configuration files that differ between the work tree and a commit, by path."""
    here, there = (
        {path for path, what in tree.paths().items() if what == "file" and path.endswith(_READ)}
        for tree in (work, head)
    )
    changed = {path for path in here & there if work.read(path) != head.read(path)}
    return tuple(sorted((here ^ there) | changed))
