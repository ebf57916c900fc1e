"""The item pipelines, one step a file, in the order of ``mirrorhunt.settings``."""
