//! How each API speaks, both ways: bytes to our words and back; pure, sans-IO.
