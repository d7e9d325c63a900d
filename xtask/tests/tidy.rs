//! Rules of the house that the compiler does not know: arrows between crates, files, dependencies.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates each crate may use. Nothing here means: any.
const ARROWS: &[(&str, &[&str])] = &[
    ("tl", &[]),
    ("crypto", &[]),
    ("store", &[]),
    ("media", &[]),
    ("previews", &[]),
    ("mtproto", &["tl", "crypto"]),
    ("vault", &["crypto"]),
    ("domain", &["store", "vault", "crypto", "media", "previews"]),
    ("gateway", &["mtproto", "crypto"]),
    ("api", &["tl", "domain", "crypto"]),
    ("pages", &["domain", "crypto"]),
    ("testkit", &["tl", "crypto", "mtproto"]),
];

/// What only these may know of the world outside: a schema, an engine, a protocol of the web, a format of pictures.
const OUTSIDERS: &[(&str, &[&str])] = &[
    ("grammers-tl-types", &["tl"]),
    ("fjall", &["store"]),
    ("hyper", &["gateway", "server"]),
    ("tokio-tungstenite", &["gateway"]),
    ("tokio-rustls", &["gateway", "server"]),
    ("age", &["server"]),
    ("clap", &["server", "bench"]),
    ("html5gum", &["previews"]),
    ("gif", &["media"]),
    ("image-webp", &["media"]),
    ("png", &["media"]),
    ("zune-jpeg", &["media"]),
    ("fast_image_resize", &["media"]),
];

/// The crates whose every public item is explained.
const EXPLAINED: &[&str] = &["tl", "crypto", "mtproto", "store", "domain", "vault", "media", "previews"];

/// Licences that a binary under MIT or Apache-2.0 may be built of.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// The crate that wires all others together.
const WIRES_ALL: &str = "server";

/// A file longer than this holds more than one thing.
const MAX_LINES: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn crates() -> Vec<PathBuf> {
    let listed = fs::read_dir(root().join("crates")).expect("there are crates");
    let mut found: Vec<PathBuf> =
        listed.map(|it| it.expect("a folder that lists").path()).filter(|it| it.is_dir()).collect();
    found.extend(["bench", "fuzz", "xtask"].map(|it| root().join(it)));
    found.sort();
    found
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|it| it.to_str()).expect("our names are text")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
        let path = entry.expect("a folder that lists").path();
        if path.is_dir() && name(&path) != "target" {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    crates().iter().for_each(|it| rust_files(it, &mut found));
    assert!(found.len() > 100, "the walk found only {} files", found.len());
    found
}

/// The names in one section of a manifest, e.g. `dependencies`.
fn section(manifest: &str, wanted: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header == wanted;
            if let Some(table) = header.strip_prefix(wanted).and_then(|it| it.strip_prefix('.')) {
                names.insert(table.to_owned());
            }
        } else if inside && line.contains('=') && !line.starts_with('#') {
            let key = line.split(['.', '=', ' ']).next().expect("a split has a first piece");
            if line.starts_with(|it: char| it.is_ascii_alphanumeric()) {
                names.insert(key.to_owned());
            }
        }
    }
    names
}

/// The names in all sections of dependencies.
fn all_dependencies(manifest: &str) -> BTreeSet<String> {
    ["dependencies", "dev-dependencies", "build-dependencies"].iter().flat_map(|it| section(manifest, it)).collect()
}

/// The names in backquotes before the colon of each "- `name`, `name`: why" line.
fn explained(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|it| it.strip_prefix("- `"));
    let heads = lines.filter_map(|it| it.split_once(':')).filter(|(_, why)| !why.trim().is_empty());
    heads.flat_map(|(head, _)| head.split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn none_of(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_arrow_between_crates_is_in_the_table() {
    let ours: BTreeSet<String> = crates()
        .iter()
        .filter(|it| it.parent() == Some(&root().join("crates")))
        .map(|it| name(it).to_owned())
        .collect();
    let mut problems = Vec::new();
    for one in &ours {
        let used = section(&read(&root().join("crates").join(one).join("Cargo.toml")), "dependencies");
        let row = ARROWS.iter().find(|(from, _)| from == one);
        match row {
            None if one == WIRES_ALL => {}
            None => problems.push(format!("{one} has no row in the table of arrows")),
            Some((_, may)) => {
                let up = used.iter().filter(|it| ours.contains(*it) && !may.contains(&it.as_str()));
                problems.extend(up.map(|it| format!("{one} must not know {it}")));
            }
        }
    }
    none_of(problems);
}

#[test]
fn every_file_opens_with_what_it_is() {
    let silent = all_rust_files().into_iter().filter(|it| !read(it).starts_with("//! "));
    none_of(silent.map(|it| format!("{} does not open with `//! ` and a sentence", it.display())).collect());
}

#[test]
fn no_file_is_longer_than_it_may_be() {
    let sized = all_rust_files().into_iter().map(|it| (read(&it).lines().count(), it));
    let long = sized.filter(|(lines, _)| *lines > MAX_LINES);
    none_of(long.map(|(lines, it)| format!("{} has {lines} lines, at most {MAX_LINES}", it.display())).collect());
}

#[test]
fn a_module_lies_beside_its_folder() {
    let wrong = all_rust_files().into_iter().filter(|it| name(it) == "mod.rs");
    none_of(wrong.map(|it| format!("{}: name it after its folder, beside it", it.display())).collect());
}

#[test]
fn every_outside_dependency_says_what_it_is_for() {
    let ours: BTreeSet<String> = crates().iter().map(|it| name(it).to_owned()).collect();
    let mut problems = Vec::new();
    for one in crates() {
        let used = all_dependencies(&read(&one.join("Cargo.toml")));
        let said = explained(&read(&one.join("DEPS.md")));
        let missing = used.iter().filter(|it| !ours.contains(*it) && !said.contains(*it));
        problems.extend(missing.map(|it| format!("{}/DEPS.md says nothing of `{it}`", name(&one))));
        let stale = said.iter().filter(|it| !used.contains(*it));
        problems.extend(stale.map(|it| format!("{}/DEPS.md speaks of `{it}`, which is not used", name(&one))));
    }
    none_of(problems);
}

#[test]
fn what_comes_from_outside_is_known_where_it_belongs() {
    let mut problems = Vec::new();
    for one in crates() {
        let used = section(&read(&one.join("Cargo.toml")), "dependencies");
        let strange = OUTSIDERS.iter().filter(|(it, rooms)| used.contains(*it) && !rooms.contains(&name(&one)));
        problems.extend(strange.map(|(it, rooms)| format!("{} must not know {it}, only {rooms:?}", name(&one))));
    }
    none_of(problems);
}

#[test]
fn every_crate_keeps_the_lints_of_the_house() {
    let mut problems = Vec::new();
    for one in crates() {
        if section(&read(&one.join("Cargo.toml")), "lints").iter().all(|it| it != "workspace") {
            problems.push(format!("{}/Cargo.toml has no `[lints] workspace = true`", name(&one)));
        }
        let library = one.join("src/lib.rs");
        let wants = EXPLAINED.contains(&name(&one));
        if wants && !read(&library).contains("#![warn(missing_docs)]") {
            problems.push(format!("{} does not ask for documentation", library.display()));
        }
    }
    none_of(problems);
}

#[test]
fn every_test_runs() {
    // In pieces, so that this file does not find itself.
    let skipped = ["#[ign", "ore"].concat();
    let asleep = all_rust_files().into_iter().filter(|it| read(it).contains(&skipped));
    none_of(asleep.map(|it| format!("{} has a test that nobody runs", it.display())).collect());
}

#[test]
fn every_dependency_has_a_licence_that_the_binary_may_carry() {
    let mut problems = Vec::new();
    let packages = metadata();
    for package in &packages {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        if !is_allowed(text("license")) {
            problems.push(format!("{} {} is under {:?}", text("name"), text("version"), text("license")));
        }
    }
    assert!(packages.len() > 100, "cargo named only {} packages", packages.len());
    none_of(problems);
}

/// The packages that this machine builds, as cargo names them.
fn metadata() -> Vec<serde_json::Value> {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc is here").stdout;
    let version = String::from_utf8(version).expect("rustc speaks UTF-8");
    let host = version.lines().find_map(|it| it.strip_prefix("host: ")).expect("rustc names its host");
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let said = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo is here");
    assert!(said.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&said.stderr));
    let all: serde_json::Value = serde_json::from_slice(&said.stdout).expect("cargo speaks JSON");
    all["packages"].as_array().expect("cargo lists packages").clone()
}

/// Whether an SPDX expression leaves a choice that is on the list. An older slash means "or".
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any_of(&words, &mut at) && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize) -> bool {
    let mut allowed = all_of(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        allowed |= all_of(words, at);
    }
    allowed
}

fn all_of(words: &[&str], at: &mut usize) -> bool {
    let mut allowed = one_licence(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        allowed &= one_licence(words, at);
    }
    allowed
}

fn one_licence(words: &[&str], at: &mut usize) -> bool {
    // Also past the end: then the expression is cut off, and not all of it was read.
    *at += 1;
    let Some(word) = words.get(*at - 1) else { return false };
    if *word == "(" {
        let allowed = any_of(words, at);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return allowed && closed;
    }
    // An exception only ever allows more.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    LICENCES.contains(word)
}

#[test]
fn a_licence_is_read_as_it_is_meant() {
    for allowed in
        ["MIT", "MIT/Apache-2.0", "GPL-2.0-only OR MIT", "(MIT OR GPL-3.0) AND ISC", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_allowed(allowed), "{allowed}");
    }
    for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND AGPL-3.0-only", "MIT OR", "(MIT"] {
        assert!(!is_allowed(refused), "{refused}");
    }
}

#[test]
fn no_tracked_file_names_a_machine_or_a_registry() {
    // In pieces, so that this file does not find itself.
    let machines = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"]];
    let registries =
        [["static.crates", ".io"], ["registry.npmjs", ".org"], ["files.pythonhosted", ".org"], ["pypi", ".org"]];
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git is here");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let mut problems = Vec::new();
    let mut seen = 0;
    for path in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
        // A file that is gone from the folder but not yet from the index, or that is not text, says nothing.
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        seen += 1;
        let said = machines.iter().chain(&registries).map(|it| it.concat()).filter(|it| text.contains(it));
        problems.extend(said.map(|it| format!("{path} says {it}")));
    }
    assert!(seen > 100, "git listed only {seen} text files");
    none_of(problems);
}
