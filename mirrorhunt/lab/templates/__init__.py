"""What the hosts of a world show, one family of pages a file.

A template is a function from a `Scene` to HTML. All it knows is what its world says of the page;
it never says what is true of the host.
"""
