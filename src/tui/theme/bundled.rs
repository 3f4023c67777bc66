//! The themes that come with the program: the files of `themes/`, inside the binary.

/// File name and text of every theme that comes with the program, the default first.
pub const BUNDLED: &[(&str, &str)] = &[
    ("night.toml", include_str!("../../../themes/night.toml")),
    ("day.toml", include_str!("../../../themes/day.toml")),
    ("ansi.toml", include_str!("../../../themes/ansi.toml")),
    ("catppuccin-latte.toml", include_str!("../../../themes/catppuccin-latte.toml")),
    ("catppuccin-mocha.toml", include_str!("../../../themes/catppuccin-mocha.toml")),
    ("contrast-dark.toml", include_str!("../../../themes/contrast-dark.toml")),
    ("contrast-light.toml", include_str!("../../../themes/contrast-light.toml")),
    ("dracula.toml", include_str!("../../../themes/dracula.toml")),
    ("gruvbox-dark.toml", include_str!("../../../themes/gruvbox-dark.toml")),
    ("gruvbox-light.toml", include_str!("../../../themes/gruvbox-light.toml")),
    ("nord.toml", include_str!("../../../themes/nord.toml")),
    ("rose-pine.toml", include_str!("../../../themes/rose-pine.toml")),
    ("solarized-dark.toml", include_str!("../../../themes/solarized-dark.toml")),
    ("solarized-light.toml", include_str!("../../../themes/solarized-light.toml")),
    ("tokyo-night.toml", include_str!("../../../themes/tokyo-night.toml")),
];

/// The theme of a terminal about which nothing is known.
pub const DEFAULT: &str = "night";
