//! The store with real sled files, real sockets, and children that are killed.

mod books;
mod reading;
mod support;
