"""Attributions: how the clauses in which two scenarios differ are switched, in groups, and run in the same random worlds.

``changes`` finds the clauses, ``groups`` groups them, ``plan`` makes the arms, ``request`` runs them. The package has the plural
name because ``rackrate.attribution`` is the function: a submodule of that name would take its place once it is imported.
"""

from rackrate.attributions.request import REPLICATIONS, asked, attribution, groups_from

__all__ = ["REPLICATIONS", "asked", "attribution", "groups_from"]
