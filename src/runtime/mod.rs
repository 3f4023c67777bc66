//! The imperative shell: feeds events in, carries effects out.
