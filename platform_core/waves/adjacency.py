"""Neighbour lists in two flat arrays, repeated for any number of copies of the same nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from platform_core.waves.applications import Indices


@dataclass(frozen=True)
class Adjacency:
    """`neighbour[starts[n]:starts[n + 1]]` are the neighbours of node n; data of an edge lie at the same places."""

    starts: Indices
    neighbour: Indices

    @classmethod
    def of(cls, node: Indices, neighbour: Indices, count: int) -> tuple[Adjacency, Indices]:
        """Build the lists of `count` nodes from pairs; also return the order to bring the pairs' data into."""
        order = np.argsort(node, kind="stable")
        starts = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(node, minlength=count), out=starts[1:])
        return cls(starts, neighbour[order]), order

    def repeat(self, copies: int, stride: int) -> Adjacency:
        """Return `copies` of the same lists, the nodes and neighbours of copy k moved up by k times `stride`."""
        entries = len(self.neighbour)
        shifts = np.arange(copies, dtype=np.int64)[:, None]
        starts = (self.starts[None, :-1] + shifts * entries).ravel()
        neighbour = (self.neighbour[None, :] + shifts * stride).ravel()
        return Adjacency(np.append(starts, copies * entries), neighbour)

    def owners(self) -> Indices:
        """Return the node to which each entry belongs."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def entries(self, nodes: Indices) -> tuple[Indices, Indices]:
        """Return all entries of `nodes`: for each, the position in `nodes` it belongs to, and where it lies."""
        first = self.starts[nodes]
        counts = self.starts[nodes + 1] - first
        owner = np.repeat(np.arange(len(nodes)), counts)
        skipped = np.cumsum(counts) - counts
        return owner, np.arange(len(owner)) + np.repeat(first - skipped, counts)
