//! Pages of the web as TL.

use domain::{
    Decided, View,
    messages::webpages::{self, PageCard, SeenPage, What},
};
use tl::{enums, types};

use super::{media, message::date};

/// A page below a message; nothing where there is nothing to show.
pub fn shown(it: &SeenPage) -> Option<enums::MessageMedia> {
    if it.what == What::Nothing {
        return None;
    }
    let webpage = page(it.number, &it.url, &it.what);
    Some(
        types::MessageMediaWebPage {
            force_large_media: it.large,
            force_small_media: it.small,
            manual: it.manual,
            safe: it.safe,
            webpage,
        }
        .into(),
    )
}

/// A page that has come, or is known to be none.
pub fn told(view: &dyn View, number: u64) -> Decided<enums::WebPage> {
    let (url, what) = webpages::told(view, number)?;
    Ok(page(number, &url, &what))
}

/// A page by its number, or that it is on its way, or that there is nothing.
pub fn page(number: u64, url: &str, what: &What) -> enums::WebPage {
    let (id, url) = (number.cast_signed(), (!url.is_empty()).then(|| url.to_owned()));
    match what {
        What::Pending(until) => types::WebPagePending { id, url, date: date(*until) }.into(),
        What::Nothing => types::WebPageEmpty { id, url }.into(),
        What::Found { card, hash, access } => {
            let photo = card.photo.as_ref().map(|it| media::photo(it, access));
            found(id, card, *hash, photo)
        }
    }
}

fn found(id: i64, it: &PageCard, hash: i32, photo: Option<enums::Photo>) -> enums::WebPage {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let video = it.video.as_ref();
    let side = |pixels: u32| date(pixels);
    let sized = video.filter(|it| it.width > 0 && it.height > 0);
    types::WebPage {
        has_large_media: it.large,
        video_cover_photo: false,
        id,
        url: it.url.clone(),
        display_url: it.display.clone(),
        hash,
        r#type: some(&it.kind),
        site_name: some(&it.site),
        title: some(&it.title),
        description: some(&it.text),
        photo,
        embed_url: video.map(|it| it.url.clone()),
        embed_type: video.map(|it| it.kind.clone()),
        embed_width: sized.map(|it| side(it.width)),
        embed_height: sized.map(|it| side(it.height)),
        duration: (it.duration > 0).then(|| side(it.duration)),
        author: some(&it.author),
        document: None,
        cached_page: None,
        attributes: None,
    }
    .into()
}
