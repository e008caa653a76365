"""The closed forms behind :mod:`rackrate.oracle`, one subject a file. They share no code with the
simulator."""
