"""rackrate."""
from rackrate._core import __version__
