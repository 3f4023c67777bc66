//! Sessions, messages, ledger, settings, drafts: the only room that knows sled.
