"""Deliveries of feeds: what is chosen, what changed since the last one, whether it may go out, and
how it gets to where others load it: whole or not at all.

    snapshots  the rows that stand now, or those of an earlier delivery
    choosing   these beside what was delivered last, in one pass
    gate       what refuses a release
    delta      what changes, and why each host is taken back
    files      the formats, the delta, the manifest
    checking   what the servers' own checkers say of a file
    placing    the folder of a feed: complete deliveries, and ``current`` naming one
    signing    a detached signature of the manifest
    verifying  a delivery on the side of who loads it
    releasing  all of it in order
    returning  looking before, and the way back

The ledger (`mirrorhunt.store.deliveries`) is written before ``current`` changes: it decides, and
whoever comes after a crash finishes what it says (decision 20).
"""
