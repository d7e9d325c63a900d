//! Builds the recorder that stands between a server and the C library, and puts it there.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::place::Place;

/// Compiles `recorder.c`, which says what it does.
pub fn build(place: &Place) -> PathBuf {
    let (source, library) = (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/whole/recorder.c"), place.join("recorder.so"));
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", source, "-o"]).arg(&library).args(["-ldl", "-lpthread"]);
    let built = cc.output().expect("a C compiler is there (apt install build-essential)");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

/// Puts it before a server whose data is in `data`; what it is to do is said by further variables.
pub fn under<'a>(command: &'a mut Command, library: &Path, data: &Path) -> &'a mut Command {
    command.env("LD_PRELOAD", library).env("CHAPPE_RECORD", data)
}
