"""What keeps the contract connected, so that its author need not."""

VERSION = "1.0.0"
