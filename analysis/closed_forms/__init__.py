"""The closed forms of :mod:`rackrate.analysis.oracle`, one subject per file. They share no code with the
simulator."""
