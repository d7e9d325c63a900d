//! A part of a channel: its posts, the newest first, each day under its date. Without a script nothing would take a
//! reader down to the newest one, so it stands at the top.

use domain::groups::face::{self, Article, Part};
use maud::{Markup, html};

use crate::{
    Channel, Page,
    frame::{Frame, Head},
    moment::Moment,
    post, text,
};

pub(crate) fn page(frame: &Frame<'_>, channel: &Channel<'_>, part: Part, page: &face::Page) -> Page {
    let name = channel.name();
    let title = text::tidy(&channel.front.title);
    let summary = text::plain(&channel.front.about, &[], text::SUMMARY_MAX);
    let path = match part {
        Part::Latest => format!("/s/{name}"),
        Part::Before(id) => format!("/s/{name}?before={}", id.0),
        Part::After(id) => format!("/s/{name}?after={}", id.0),
    };
    let portrait = channel.front.portrait.as_deref();
    let head = Head { title: &title, summary: &summary, path: &path, feed: Some(name), published: None, portrait };
    frame.page(
        200,
        &head,
        channel.is_protected(),
        html! {
            (frame.masthead(channel, true))
            main class="posts" {
                (newer(name, page))
                @if page.articles.is_empty() { p class="service" { "Nothing here yet" } }
                @for day in days(&page.articles) {
                    section {
                        h2 class="day" { (post::day(day[0].message.row.date)) }
                        @for it in day { (post::article(channel, it)) }
                    }
                }
                (older(name, page))
            }
        },
    )
}

/// Neighbours of one day.
fn days(articles: &[Article]) -> impl Iterator<Item = &[Article]> {
    let day = |it: &Article| Moment(it.message.row.date).days();
    articles.chunk_by(move |one, other| day(one) == day(other))
}

fn newer(name: &str, page: &face::Page) -> Markup {
    let Some(first) = page.articles.first().filter(|_| page.newer) else { return html! {} };
    html! {
        nav class="paging" aria-label="Newer posts" {
            a rel="prev" href={ "/s/" (name) "?after=" (first.message.id.0) } { "↑ Newer posts" } " "
            a href={ "/s/" (name) } { "Newest" }
        }
    }
}

fn older(name: &str, page: &face::Page) -> Markup {
    let Some(last) = page.articles.last().filter(|_| page.older) else { return html! {} };
    html! {
        nav class="paging" aria-label="Older posts" {
            a rel="next" href={ "/s/" (name) "?before=" (last.message.id.0) } { "↓ Older posts" }
        }
    }
}
