"""Find the mirror domains of a network, keep the evidence, feed the teams that block."""

__version__ = "0.1.0"
