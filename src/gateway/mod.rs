//! One request in, one stream of replies out: attempts, fallback, rescue, settlement.
