"""What keeps the contract connected, so that its author need not."""

import os

VERSION = "1.0.0"

# gRPC's core writes to standard error by itself; what ends a session is logged by us.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
