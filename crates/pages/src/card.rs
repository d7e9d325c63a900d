//! What a channel or group says of itself, for who followed a link to it.

use domain::MessageId;
use maud::html;

use crate::{
    Channel, Page,
    frame::{Frame, Head},
    text::{self, For},
};

pub(crate) fn page(frame: &Frame<'_>, channel: &Channel<'_>, post: Option<MessageId>) -> Page {
    let (name, front) = (channel.name(), channel.front);
    let broadcast = channel.stand.row.broadcast;
    let title = text::tidy(&front.title);
    let summary = match text::plain(&front.about, &[], text::SUMMARY_MAX) {
        it if !it.is_empty() => it,
        _ if broadcast => format!("A channel on {}.", frame.site),
        _ => format!("A group on {}.", frame.site),
    };
    let path = format!("/{name}");
    let feed = broadcast.then_some(name);
    let portrait = channel.front.portrait.as_deref();
    let head = Head { title: &title, summary: &summary, path: &path, feed, published: None, portrait };
    frame.page(200, &head, false, html! {
        main class="card" {
            (frame.portrait(channel))
            h1 dir="auto" { (title) }
            p class="names" { "@" (name) " · " (frame.members(channel)) }
            @if !front.about.is_empty() { p class="about" dir="auto" { (text::html(&front.about, &domain::messages::entities::recognise(&front.about), For::Page)) } }
            p class="ways" {
                (frame.open(channel, post))
                @if broadcast { " " a class="button quiet" href={ "/s/" (name) } { "Read in the browser" } }
            }
        }
    })
}
