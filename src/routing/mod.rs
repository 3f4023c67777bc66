//! Which endpoint answers, and why: pure, time and chance are arguments.
