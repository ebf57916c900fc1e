"""Techniques to find hosts, one file each."""
