//! Structured logs on stderr. Personal data never reaches them; a test in `tests/` holds that.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// What decides which records are shown, e.g. `info` or `gateway=debug,info`.
const FILTER: &str = "CHAPPE_LOG";

/// Starts logging; a second call changes nothing.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
