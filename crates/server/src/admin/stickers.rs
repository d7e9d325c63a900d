//! Sticker sets that an operator shows to everybody, and what is said of it.

use domain::{
    Domain, Refusal,
    stickers::featured::{FEATURED_MAX, Feature},
};

use super::command::{self, Said};

/// Shows a set, or no longer.
pub(super) async fn feature(domain: &Domain, name: &str, on: bool) -> Said {
    // What people copy is the whole link.
    let short_name = name.rsplit('/').next().unwrap_or(name).to_owned();
    let command = Feature { short_name, on };
    let set = domain.command(command).await.map_err(|error| explained(error, name, on))?;
    let count = set.faces.len();
    Ok(vec![match on {
        true => format!("{} ({}, {count} in it) is shown to everybody", set.title, set.short_name),
        false => format!("{} ({}) is shown no longer; who has installed it keeps it", set.title, set.short_name),
    }])
}

fn explained(error: Refusal, name: &str, on: bool) -> String {
    match error {
        Refusal::StickersetInvalid => {
            format!("there is no set {name}: its short name is what its link ends with, after /addstickers/")
        }
        Refusal::PackTypeInvalid => format!("{name} is a set of masks, and clients show none of those"),
        Refusal::StickersetNotModified if on => format!("{name} is shown already"),
        Refusal::StickersetNotModified => format!("{name} is not shown"),
        Refusal::StickersTooMuch => {
            format!("{FEATURED_MAX} sets are shown, and that is as many as fit: `chappe stickers unfeature` ends one")
        }
        other => command::explained(other, name),
    }
}
