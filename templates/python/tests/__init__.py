import runtime  # noqa: F401  tells gRPC to be quiet, before it is loaded
