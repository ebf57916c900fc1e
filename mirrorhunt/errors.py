"""What we or the operator did wrong, as exceptions.

What the *web* does wrong (no such name, a block page, a redirect loop, a lying charset) is not an
exception: it is an observation, stored and counted.

    MirrorhuntError                exit code
    ├── InputError                 2   a name, file or option that cannot be used
    │   ├── NotAHostError          2   a text that is no host name
    │   └── UnknownNameError       2   a spider, format or network that does not exist
    ├── ConfigError                2   mirrorhunt.toml or the environment
    ├── BoundsError                3   a publication or learned numbers outside their bounds
    ├── LockedError                4   another run holds the lock
    ├── StoreError                 1   the database, or the archive
    │   ├── QuotaError             1   the archive is full, or its disk
    │   └── DamagedError           1   a file of the archive is not what it was
    └── NoNetworkError             1   our own connection or resolvers, not a target's

A message says what was found and what to do; lower case, no full stop, values with ``!r``.
"""


class MirrorhuntError(Exception):
    """The root; the command line prints its message as one line and exits with its code."""

    exit_code = 1


class InputError(MirrorhuntError):
    """The operator gave something that cannot be used."""

    exit_code = 2


class NotAHostError(InputError, ValueError):
    """A text that is no host name in the public DNS."""


class UnknownNameError(InputError, LookupError):
    """A spider, format, network or kind that does not exist; the message lists what there is."""


class ConfigError(MirrorhuntError):
    """mirrorhunt.toml or the environment holds something that cannot be used."""

    exit_code = 2


class BoundsError(MirrorhuntError):
    """What would have been published, or learned, is outside its bounds: nothing was written."""

    exit_code = 3


class LockedError(MirrorhuntError):
    """Another run holds the lock."""

    exit_code = 4


class StoreError(MirrorhuntError):
    """The database cannot be used: unwritable, foreign, newer than this program, gone."""


class QuotaError(StoreError):
    """The archive has no room: its quota is used up, or its disk is full. Nothing was written."""


class DamagedError(StoreError):
    """A file of the archive is gone, or its bytes are not those that were put there."""


class NoNetworkError(MirrorhuntError):
    """Our own connection or resolvers failed; says nothing about any target."""
