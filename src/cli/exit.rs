//! How the program ends: exit codes, and one sentence on stderr.

use crate::config::{ConfigError, DirsError};
use crate::store::StoreError;
use crate::words::{Failure, FailureKind, clean};
use std::fmt;
use std::io;
use std::process::ExitCode;

/// The exit codes; `--help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok = 0,
    /// The request failed.
    Failed = 1,
    /// The command line, the config or the store is wrong.
    Usage = 2,
    /// A budget said no.
    Budget = 3,
    /// No such model, or no endpoint may serve it.
    NoEndpoint = 4,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// An end with a reason.
#[derive(Debug)]
pub struct Fail {
    pub exit: Exit,
    /// Empty: nothing to say (the reader of our output went away, the person pressed Ctrl-C).
    pub message: String,
}

impl Fail {
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: message.to_string() }
    }

    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The person stopped it, and knows.
    pub fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "")
    }

    pub(super) fn print(&self) {
        if !self.message.is_empty() {
            use io::Write;
            let _ = writeln!(io::stderr(), "fareway: {}", clean(&self.message));
        }
    }
}

impl From<ConfigError> for Fail {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<DirsError> for Fail {
    fn from(error: DirsError) -> Self {
        Self::usage(error)
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Self::usage(error)
    }
}

impl From<io::Error> for Fail {
    /// Writing to a pipe whose reader has had enough is no failure.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Ok, message: String::new() },
            _ => Self::new(Exit::Failed, error),
        }
    }
}

impl From<&Failure> for Fail {
    fn from(failure: &Failure) -> Self {
        let exit = match failure.kind {
            FailureKind::Budget => Exit::Budget,
            FailureKind::NoEndpoint | FailureKind::UnknownModel => Exit::NoEndpoint,
            // nobody was asked: there is no key
            _ if !failure.excluded_by.is_empty() => Exit::NoEndpoint,
            FailureKind::Cancelled => Exit::Interrupted,
            _ => Exit::Failed,
        };
        Self::new(exit, &failure.message)
    }
}
