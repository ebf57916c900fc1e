"""A simulated Internet with ground truth, on loopback.

    world           a world as data: hosts, DNS, TLS, pages, and the truth about each
    worlds          the worlds there are, by name; each grows from a seed
    dns_server      answers for its names        web_server   serves its hosts
    authority       signs their certificates     sources      look-alikes of public sources
    pages           writes their pages, by templates
    run             starts all that, beside another event loop, in a process, or for a while
    score           compares what a hunt reported with what is so

It is the judge of everything else here, so it stays apart: no detection code reads a world, and
nothing of the lab is made by the code that it judges (it borrows names, errors and registry).
"""
