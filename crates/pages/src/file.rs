//! Photos and files of posts: shown where a browser can, else to be kept. Their bytes come by the server's own links.

use domain::{
    files::{Attribute, Document, Photo, PhotoSize, descriptor::Shape},
    messages::media::MediaBody,
};
use maud::{Markup, html};

use crate::text::{self, For};

/// Pixels of the longer side of a picture on a page; larger ones are a click away.
const SIDE: u32 = 1280;

/// What a post carries, where it is files and there are links to them.
pub(crate) fn shown(body: &MediaBody, files: &[(u64, String)], place: For<'_>) -> Option<Markup> {
    let links = Links { files, place };
    match body {
        MediaBody::Photo { photo, spoiler, .. } => hidden(*spoiler, self::photo(photo, &links)?),
        MediaBody::Document { document, spoiler, .. } => hidden(*spoiler, self::document(document, &links)?),
        MediaBody::Place { .. }
        | MediaBody::Venue { .. }
        | MediaBody::Contact { .. }
        | MediaBody::Dice { .. }
        | MediaBody::WebPage { .. }
        | MediaBody::Ended { .. }
        | MediaBody::Live { .. } => None,
    }
}

/// A photo that is shown beside something else.
pub(crate) fn picture(it: &Photo, files: &[(u64, String)], place: For<'_>) -> Option<Markup> {
    photo(it, &Links { files, place })
}

/// A document's name.
pub(crate) fn name(document: &Document) -> Option<&str> {
    document.attributes.iter().find_map(|it| match it {
        Attribute::FileName { name } if !name.is_empty() => Some(name.as_str()),
        _ => None,
    })
}

struct Links<'a> {
    files: &'a [(u64, String)],
    place: For<'a>,
}

impl Links<'_> {
    fn to(&self, file: u64) -> Option<String> {
        let (_, link) = self.files.iter().find(|(id, _)| *id == file)?;
        let base = match self.place {
            For::Page => "",
            For::Feed(base) => base,
        };
        Some(format!("{base}/file/{link}"))
    }
}

/// What its author covered opens when it is clicked.
fn hidden(is_hidden: bool, it: Markup) -> Option<Markup> {
    Some(if is_hidden {
        html! { details class="covered" { summary { "Spoiler" } (it) } }
    } else {
        it
    })
}

fn photo(it: &Photo, links: &Links<'_>) -> Option<Markup> {
    let by_size = |it: &&PhotoSize| it.width.max(it.height);
    let largest = it.sizes.iter().max_by_key(by_size)?;
    let shown = it.sizes.iter().filter(|it| by_size(it) <= SIDE).max_by_key(by_size).unwrap_or(largest);
    let (to, from) = (links.to(largest.stored.id)?, links.to(shown.stored.id)?);
    Some(html! {
        p class="picture" { a href=(to) { img src=(from) width=(shown.width) height=(shown.height) alt="Photo" loading="lazy"; } }
    })
}

fn document(it: &Document, links: &Links<'_>) -> Option<Markup> {
    let from = links.to(it.stored.id)?;
    let poster = it.thumbs.first().and_then(|it| links.to(it.stored.id));
    let side = |wanted: fn(&Attribute) -> Option<(u32, u32)>| it.attributes.iter().find_map(wanted);
    let (width, height) = side(|it| match it {
        Attribute::Video { width, height, .. } | Attribute::ImageSize { width, height } => Some((*width, *height)),
        _ => None,
    })
    .filter(|(width, height)| *width > 0 && *height > 0)
    .map_or((None, None), |(width, height)| (Some(width), Some(height)));
    Some(match it.shape() {
        Shape::Video | Shape::Round | Shape::Animation if it.mime.starts_with("video/") => html! {
            p class="picture" { video src=(from) poster=[poster] width=[width] height=[height] controls preload="none" {} }
        },
        Shape::Voice | Shape::Music if it.mime.starts_with("audio/") => html! {
            @if let Some(title) = title(it) { p class="carried" dir="auto" { (title) } }
            p class="picture" { audio src=(from) controls preload="none" {} }
        },
        Shape::Sticker | Shape::Animation if it.mime == "image/webp" || it.mime == "image/gif" => html! {
            p class="picture" { img src=(from) width=[width] height=[height] alt="Picture" loading="lazy"; }
        },
        _ => html! {
            p class="carried" dir="auto" { a href=(from) download { "📎 " (text::tidy(name(it).unwrap_or("File"))) } " " span class="size" { (size(it.stored.size)) } }
        },
    })
}

/// What a piece of music says of itself.
fn title(it: &Document) -> Option<String> {
    let said = it.attributes.iter().find_map(|it| match it {
        Attribute::Audio { voice: false, title, performer, .. } => Some(format!("{performer} – {title}")),
        _ => None,
    })?;
    let said = text::tidy(said.trim_matches([' ', '–']));
    Some(said).filter(|it| !it.is_empty()).or_else(|| name(it).map(text::tidy))
}

/// In thousands, as download pages say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} KB", bytes / 1000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        assert_eq!(
            [0, 999, 1000, 999_999, 1_500_000, 2_097_152_000].map(size),
            ["0 B", "999 B", "1 KB", "999 KB", "1.5 MB", "2.10 GB"]
        );
    }
}
