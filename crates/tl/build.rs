//! Turns the newest schema text and the project's own rows of older layers into one binary table, and
//! the methods into a match for the example that decodes them all.

#[path = "build/blob.rs"]
mod blob;
#[path = "build/methods.rs"]
mod methods;
#[path = "build/rows.rs"]
mod rows;
#[path = "build/texts.rs"]
mod texts;

use std::{env, fs, path::Path};

/// Version of the package whose schema text is the newest layer.
const NEWEST_PACKAGE: &str = "0.11.0";

fn main() {
    // A change of the package's version needs a change of the constant above, so the lock file is
    // not watched.
    for file in ["build.rs", "build", "layers"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let target = env::var("TARGET").expect("cargo sets it for build scripts");
    // The tests look for another version's text in the same way.
    println!("cargo::rustc-env=TL_TARGET={target}");
    let folder = texts::folder(NEWEST_PACKAGE, &target);
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let api = rows::parse(&read(&folder.join("api.tl")), false);
    let mtproto = rows::parse(&read(&folder.join("mtproto.tl")), true);
    let out = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    fs::write(Path::new(&out).join("methods.rs"), methods::write(&api)).expect("OUT_DIR is ours");
    let mut defs = rows::newest(api, &read(Path::new("layers/since.tsv")));
    let others = ["layers/history.tsv", "layers/ahead.tsv"].map(|file| rows::others(&defs, &read(Path::new(file))));
    defs.extend(others.into_iter().flatten());
    defs.extend(mtproto);
    fs::write(Path::new(&out).join("schema.bin"), blob::write(&defs)).expect("OUT_DIR is ours");
}
