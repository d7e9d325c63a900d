//! Finds the folder of schema texts inside the `grammers-tl-types` package.
//!
//! The package exports no path, so cargo is asked where the sources are; that holds for the
//! registry's cache and for vendored sources alike.

use std::{env, path::PathBuf, process::Command};

const PACKAGE: &str = "grammers-tl-types";

/// Asked in this order: most builds have every package at hand and a lock file; a clone whose
/// other targets' packages were never fetched needs the network, a library user may have no lock.
const WAYS: [&[&str]; 4] = [&["--offline", "--locked"], &["--locked"], &["--offline"], &[]];

/// The folder in this version of the package, as seen by a build for `target`.
pub(crate) fn folder(version: &str, target: &str) -> PathBuf {
    let mut said = String::new();
    for way in WAYS {
        match ask(way, target) {
            Ok(json) => match find(&json, version) {
                Some(folder) => return folder,
                None => said = format!("no package {PACKAGE} {version} with a tl folder"),
            },
            Err(e) => said = e,
        }
    }
    panic!("cannot find the schema text: cargo metadata: {said}");
}

fn ask(way: &[&str], target: &str) -> Result<Vec<u8>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let got = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--filter-platform", target])
        .args(way)
        .output()
        .map_err(|e| e.to_string())?;
    if got.status.success() { Ok(got.stdout) } else { Err(String::from_utf8_lossy(&got.stderr).into_owned()) }
}

fn find(json: &[u8], version: &str) -> Option<PathBuf> {
    let all: serde_json::Value = serde_json::from_slice(json).ok()?;
    let package = all["packages"].as_array()?.iter().find(|p| p["name"] == PACKAGE && p["version"] == version)?;
    let folder = PathBuf::from(package["manifest_path"].as_str()?).with_file_name("tl");
    folder.join("api.tl").is_file().then_some(folder)
}
