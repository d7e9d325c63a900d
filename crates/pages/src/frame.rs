//! What all pages share: the head with what other sites read of them, the channel's masthead, the style, and the
//! pages that say why there is none.

use std::sync::LazyLock;

use bytes::Bytes;
use domain::MessageId;
use maud::{DOCTYPE, Markup, html};

use crate::{
    Channel, FRESH_SECONDS, Page,
    moment::{Moment, whole},
    route::Route,
    text::{self, For},
};

const HTML: &str = "text/html; charset=utf-8";

/// As long as we keep it ourselves.
pub(crate) const KEEP: &str = "public, max-age=10";
const _: () = assert!(FRESH_SECONDS == 10, "KEEP says the same");

/// What is not there now may be there at any time.
const KEEP_NOTHING: &str = "no-cache";

/// Its address changes with it.
const KEEP_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// How all pages look.
static STYLE: LazyLock<(Bytes, Bytes)> = LazyLock::new(|| {
    let body = Bytes::from_static(include_bytes!("style.css"));
    let etag = etag(&body);
    (body, etag)
});

/// Colours of portraits; `style.css` has one for each.
const COLOURS: u64 = 7;

/// Where a page stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// What the server is called.
    pub(crate) site: &'a str,
    /// What absolute links begin with.
    pub(crate) base: &'a str,
}

/// What a page's head says.
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    pub(crate) summary: &'a str,
    /// The address that the page is best known by.
    pub(crate) path: &'a str,
    /// The channel that has a feed.
    pub(crate) feed: Option<&'a str>,
    /// When it was published, unix seconds, if it is one post.
    pub(crate) published: Option<u32>,
    /// By what the channel's photo is fetched.
    pub(crate) portrait: Option<&'a str>,
}

/// Changes with what it is made of.
pub(crate) fn etag(body: &[u8]) -> Bytes {
    let hash = crypto::hash::sha256(&[body]);
    let hex: String = hash[..12].iter().map(|it| format!("{it:02x}")).collect();
    format!("\"{hex}\"").into()
}

/// The style sheet.
pub(crate) fn style() -> Page {
    let (body, etag) = STYLE.clone();
    Page { status: 200, kind: "text/css; charset=utf-8", keep: KEEP_FOR_EVER, etag: Some(etag), location: None, body }
}

/// The name of this build's style sheet.
fn style_address() -> String {
    let mark = STYLE.1.get(1..13).unwrap_or_default();
    format!("/s/style.css?v={}", String::from_utf8_lossy(mark))
}

impl Frame<'_> {
    /// A whole page. Whether its texts may be copied is the channel's will.
    pub(crate) fn page(&self, status: u16, head: &Head<'_>, protected: bool, body: Markup) -> Page {
        let canonical = format!("{}{}", self.base, head.path);
        let html = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (head.title) }
                    meta name="description" content=(head.summary);
                    link rel="stylesheet" href=(style_address());
                    @if status == 200 {
                        link rel="canonical" href=(canonical);
                        (self.graph(head, &canonical))
                    } @else {
                        meta name="robots" content="noindex";
                    }
                    @if let Some(name) = head.feed {
                        link rel="alternate" type="application/atom+xml" title=(head.title) href={ "/s/" (name) "/feed" };
                    }
                    @if protected { meta name="robots" content="noarchive"; }
                }
                body class=[protected.then_some("protected")] {
                    (body)
                    footer class="foot" { p { (text::tidy(self.site)) " · times are UTC" } }
                }
            }
        };
        let body = Bytes::from(html.0);
        let keep = if status == 200 { KEEP } else { KEEP_NOTHING };
        Page { status, kind: HTML, keep, etag: Some(etag(&body)), location: None, body }
    }

    /// Source: ogp.me.
    fn graph(&self, head: &Head<'_>, url: &str) -> Markup {
        let kind = if head.published.is_some() { "article" } else { "website" };
        html! {
            meta property="og:type" content=(kind);
            meta property="og:site_name" content=(text::tidy(self.site));
            meta property="og:title" content=(head.title);
            meta property="og:description" content=(head.summary);
            meta property="og:url" content=(url);
            @if let Some(date) = head.published { meta property="article:published_time" content=(Moment(date).exact()); }
            @if let Some(link) = head.portrait { meta property="og:image" content={ (self.base) "/file/" (link) }; }
            meta name="twitter:card" content="summary";
        }
    }

    /// The channel above its posts; with what it says of itself, if `whole`.
    pub(crate) fn masthead(&self, channel: &Channel<'_>, whole: bool) -> Markup {
        let (name, about) = (channel.name(), &channel.front.about);
        html! {
            header class="masthead" {
                a class="portrait-link" href={ "/" (name) } aria-label=(text::tidy(&channel.front.title)) { (self.portrait(channel)) }
                div class="names" {
                    h1 dir="auto" { a href={ "/s/" (name) } { (text::tidy(&channel.front.title)) } }
                    p { span { "@" (name) } " · " span { (self.members(channel)) } }
                }
                (self.open(channel, None))
                @if whole && !about.is_empty() {
                    p class="about" dir="auto" { (text::html(about, &domain::messages::entities::recognise(about), For::Page)) }
                }
            }
        }
    }

    /// The channel's photo, or a letter in a circle, as clients draw it for who has no picture.
    pub(crate) fn portrait(&self, channel: &Channel<'_>) -> Markup {
        if let Some(link) = &channel.front.portrait {
            return html! { img class="portrait" src={ "/file/" (link) } width="320" height="320" alt=""; };
        }
        let title = text::tidy(&channel.front.title);
        let letter: String =
            title.chars().find(|it| it.is_alphanumeric()).map_or("#".into(), |it| it.to_uppercase().collect());
        html! { span class={ "portrait c" (channel.stand.channel.0 % COLOURS) } aria-hidden="true" { (letter) } }
    }

    /// How many read it.
    pub(crate) fn members(&self, channel: &Channel<'_>) -> String {
        let word = match (channel.stand.row.broadcast, channel.front.members) {
            (true, 1) => "subscriber",
            (true, _) => "subscribers",
            (false, 1) => "member",
            (false, _) => "members",
        };
        format!("{} {word}", whole(channel.front.members.into()))
    }

    /// Leads into a client. Source: core.telegram.org/api/links, "Public username links", "Message links".
    pub(crate) fn open(&self, channel: &Channel<'_>, post: Option<MessageId>) -> Markup {
        let mut to = format!("tg://resolve?domain={}", channel.name());
        if let Some(id) = post {
            to += &format!("&post={}", id.0);
        }
        html! { a class="button" href=(to) { "Open in app" } }
    }

    /// Nobody has this name, or nobody may know who has.
    pub(crate) fn missing(&self, route: &Route) -> Page {
        let (title, why) = match route {
            Route::Unread(why) => ("There is no such page", (*why).to_owned()),
            Route::List(name, _) | Route::Feed(name) | Route::Card(name) | Route::Post(name, _) => (
                "There is no such channel",
                format!("No public channel is called @{name}. It may be private, or gone."),
            ),
            Route::Style | Route::Nowhere => ("There is no such page", String::new()),
        };
        self.word(404, title, &why, None)
    }

    /// A post that was there.
    pub(crate) fn gone(&self, channel: &Channel<'_>, id: MessageId) -> Page {
        let why = format!("Post {} of this channel was deleted.", id.0);
        self.word(410, "This post was deleted", &why, Some(channel))
    }

    /// A post that has never been there.
    pub(crate) fn never(&self, channel: &Channel<'_>, id: MessageId) -> Page {
        let why = format!("This channel has no post {} yet.", id.0);
        self.word(404, "There is no such post", &why, Some(channel))
    }

    fn word(&self, status: u16, title: &str, why: &str, channel: Option<&Channel<'_>>) -> Page {
        let head = Head { title, summary: why, path: "", feed: None, published: None, portrait: None };
        self.page(
            status,
            &head,
            false,
            html! {
                main class="card" {
                    p class="status" aria-hidden="true" { (status) }
                    h1 { (title) }
                    @if !why.is_empty() { p class="about" { (why) } }
                    @if let Some(channel) = channel {
                        p class="ways" { a class="button quiet" href={ "/s/" (channel.name()) } { "To the channel" } }
                    }
                }
            },
        )
    }
}
