"""From one opinion to all of case law: batches, shards, and an engine that runs them.

`batches` has the two pure functions, on Arrow record batches; `sources` cuts what is given into
shards and reads them as streams; `shard` makes one shard's output file; `engine` hands shards to
datatrove, the one module that knows of it.
"""
