//! Where things are kept: XDG directories, and the flags and variables that move them.

use etcetera::{BaseStrategy, HomeDirError, choose_base_strategy};
use std::path::{Path, PathBuf};

/// The directories of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    pub home: PathBuf,
    /// The config file; it need not exist unless it was named.
    pub config: PathBuf,
    /// The config file was named by a flag or variable: then it must exist.
    pub config_named: bool,
    /// The store, mode 0700.
    pub data: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot tell the home directory: set HOME, or give --config and --data-dir ({0})")]
pub struct DirsError(#[from] HomeDirError);

impl Dirs {
    /// `--config` and `--data-dir` win over `FAREWAY_CONFIG` and `FAREWAY_DATA_DIR` (clap reads those), then XDG.
    pub fn find(config: Option<&Path>, data: Option<&Path>) -> Result<Self, DirsError> {
        let base = choose_base_strategy()?;
        Ok(Self {
            home: base.home_dir().to_owned(),
            config: config.map_or_else(|| base.config_dir().join("fareway/config.toml"), Path::to_owned),
            config_named: config.is_some(),
            data: data.map_or_else(|| base.data_dir().join("fareway"), Path::to_owned),
            cache: data.map_or_else(|| base.cache_dir().join("fareway"), |data| data.join("cache")),
        })
    }

    /// The directory of the person's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.parent().unwrap_or(Path::new(".")).join("themes")
    }
}
