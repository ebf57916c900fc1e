"""What is served over HTTP.

app        puts parts together to one application, with what holds for each answer
feeds      the part that readers of feeds load from
shelf      the deliveries on disk: which files there are, and nothing else
sending    one file: validators, 304, gzip, in constant memory
admission  who may load what, by token
journal    who loaded what, written in the background
serving    a socket, and the server on it
"""
