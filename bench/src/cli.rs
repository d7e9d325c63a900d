//! What is asked for on the command line.

use std::fmt;

use clap::ValueEnum;

/// Writes the name by which one of several is asked for.
pub(crate) fn write_name(it: &impl ValueEnum, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    it.to_possible_value().map_or(Ok(()), |it| f.write_str(it.get_name()))
}
