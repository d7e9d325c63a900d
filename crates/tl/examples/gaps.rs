//! `make layers`: prints what still has no rule between each served layer and the newest. What stays so
//! on purpose is in `layers/gaps.tsv` with its reason; `--all` prints that too.

use std::collections::BTreeSet;
use tl::transcode::audit;

fn main() {
    let all = std::env::args().any(|it| it == "--all");
    let known: BTreeSet<&str> = audit::known().map(|(line, _)| line).collect();
    let found: Vec<String> = audit::all().iter().map(audit::line).collect();
    let open: Vec<&String> = found.iter().filter(|line| all || !known.contains(&line[..])).collect();
    open.iter().for_each(|line| println!("{line}"));
    eprintln!("{} without a rule, {} known", open.len(), known.len());
    if !all && !open.is_empty() {
        std::process::exit(1);
    }
}
