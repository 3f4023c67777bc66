//! Files, environment and keys, resolved into each room's own options.
