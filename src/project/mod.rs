//! The project file: loading, overlays, checks, expansion.
