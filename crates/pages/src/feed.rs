//! The latest posts of a channel as an Atom feed. Source: RFC 4287.

use domain::groups::face::{self, Article};
use maud::{PreEscaped, html};

use crate::{
    Channel, Page,
    frame::{Frame, etag},
    moment::Moment,
    post,
    text::{self, For},
};

const KIND: &str = "application/atom+xml; charset=utf-8";

/// What stands for a post that is not to be carried on.
const PROTECTED: &str = "This channel does not let its posts be copied; they are read on its page.";

pub(crate) fn page(frame: &Frame<'_>, channel: &Channel<'_>, page: &face::Page) -> Page {
    let name = channel.name();
    let here = format!("{}/s/{name}", frame.base);
    let posts: Vec<_> = page.articles.iter().filter(|it| it.message.body.action.is_none()).collect();
    let updated = posts.iter().map(|it| changed(it)).max().unwrap_or(channel.stand.row.created);
    let title = text::tidy(&channel.front.title);
    // An empty element with an end tag is XML as well as what the templates write.
    let feed = html! {
        feed xmlns="http://www.w3.org/2005/Atom" {
            id { (here) }
            title { (title) }
            @if !channel.front.about.is_empty() { subtitle { (text::tidy(&channel.front.about)) } }
            updated { (Moment(updated).exact()) }
            (link("alternate", "text/html", &here))
            (link("self", "application/atom+xml", &format!("{here}/feed")))
            author { name { (title) } }
            generator { "Chappe" }
            @for it in posts { (entry(frame, channel, it)) }
        }
    };
    let body = bytes::Bytes::from(format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n", feed.0));
    Page { status: 200, kind: KIND, keep: crate::frame::KEEP, etag: Some(etag(&body)), location: None, body }
}

fn entry(frame: &Frame<'_>, channel: &Channel<'_>, it: &Article) -> PreEscaped<String> {
    let message = &it.message;
    let here = format!("{}/{}/{}", frame.base, channel.name(), message.id.0);
    let protected = channel.is_protected() || message.row.noforwards;
    let numbered = || format!("Post {}", message.id.0);
    let title = if protected {
        numbered()
    } else {
        Some(post::title(message)).filter(|it| !it.is_empty()).unwrap_or_else(numbered)
    };
    let content = if protected {
        html! { p { (PROTECTED) } }
    } else {
        post::content(it, For::Feed(frame.base))
    };
    html! {
        entry {
            id { (here) }
            title { (title) }
            published { (Moment(message.row.date).exact()) }
            updated { (Moment(changed(it)).exact()) }
            (link("alternate", "text/html", &here))
            @if let Some(author) = post::author(it) { author { name { (author) } } }
            content type="html" { (content.0) }
        }
    }
}

fn changed(it: &Article) -> u32 {
    it.message.row.date.max(it.message.row.edit_date)
}

/// In HTML `link` has no end, in XML it must.
fn link(rel: &str, kind: &str, to: &str) -> PreEscaped<String> {
    let PreEscaped(mut it) = html! { link rel=(rel) type=(kind) href=(to); };
    it.insert(it.len() - 1, '/');
    PreEscaped(it)
}
