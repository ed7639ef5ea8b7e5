"""Circles in a graph: its strongly connected components (Tarjan 1972), without recursion."""

from collections.abc import Collection, Iterator, Mapping


def find_circles(graph: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """Return the nodes in groups: those that reach each other together, every other alone; all sorted."""
    state = _Search()
    for root in sorted(graph):
        if root not in state.index:
            state.explore(root, graph)
    return sorted(state.found)


class _Search:
    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.found: list[tuple[str, ...]] = []
        self._low: dict[str, int] = {}
        self._open: list[str] = []
        self._is_open: set[str] = set()

    def explore(self, root: str, graph: Mapping[str, Collection[str]]) -> None:
        """Walk everything that ``root`` reaches."""
        self._enter(root)
        path: list[tuple[str, Iterator[str]]] = [(root, iter(sorted(graph[root])))]
        while path:
            node, others = path[-1]
            for other in others:
                if other not in self.index:
                    self._enter(other)
                    path.append((other, iter(sorted(graph[other]))))
                    break
                if other in self._is_open:
                    self._low[node] = min(self._low[node], self.index[other])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[node])
                self._leave(node)

    def _enter(self, node: str) -> None:
        self.index[node] = self._low[node] = len(self.index)
        self._open.append(node)
        self._is_open.add(node)

    def _leave(self, node: str) -> None:
        if self._low[node] != self.index[node]:
            return
        start = self._open.index(node)
        circle = self._open[start:]
        del self._open[start:]
        self._is_open.difference_update(circle)
        self.found.append(tuple(sorted(circle)))
