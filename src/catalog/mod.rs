//! Models, endpoints, prices and capabilities: a bundled snapshot with refreshed overlays; pure.
