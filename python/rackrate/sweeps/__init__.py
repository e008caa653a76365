"""Sweeps: many points of a parameter space, each run in the same random worlds.

``design`` says what a sweep is, ``factors`` what is moved and how, ``sampling`` which points are made, ``points`` what each
point is for each arm. The package has the plural name because ``rackrate.sweep`` is the function.
"""
