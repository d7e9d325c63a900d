//! The public face: channels with a public name as pages and feeds that anybody may read without an account.
//! It knows no socket, no TL and no engine; what a stranger may read is decided in `domain::groups::face`.

mod card;
mod feed;
mod file;
mod frame;
mod kept;
mod list;
mod media;
mod moment;
mod post;
mod route;
#[cfg(test)]
mod tests;
mod text;

use bytes::Bytes;
use domain::{
    Decided, Domain, View,
    groups::face::{self, Front, Stand},
};

use crate::{
    frame::Frame,
    kept::{Kept, Wanted},
    route::Route,
};

/// Seconds for which a page may be shown again without asking: numbers of views and votes are as old at most,
/// twice that where a proxy keeps it, too.
const FRESH_SECONDS: u64 = 10;

/// What somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The path, as it stands in the request.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// Scheme and host by which the server was reached, e.g. `https://example.org`; links to pages begin with it.
    pub origin: &'a str,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// An HTTP status.
    pub status: u16,
    /// Its media type.
    pub kind: &'static str,
    /// Who may keep it, and how long.
    pub keep: &'static str,
    /// Changes with the body; in quotes, as a header has it.
    pub etag: Option<Bytes>,
    /// Where else to go.
    pub location: Option<String>,
    /// The page.
    pub body: Bytes,
}

/// What the pages are told when they are opened.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What the server is called.
    pub site: String,
    /// Where the pages are reached from outside, without a slash at the end; else as each request says.
    pub base: Option<String>,
}

/// All pages of a server.
pub struct Pages {
    config: Config,
    kept: Kept,
}

impl Pages {
    /// No page has been made yet.
    pub fn new(config: Config) -> Self {
        Self { config, kept: Kept::default() }
    }

    /// Answers one request; `None` where no page could ever be.
    pub async fn answer(&self, domain: &Domain, ask: Ask<'_>) -> Option<Page> {
        let route = match Route::of(ask.path, ask.query) {
            Route::Style => return Some(frame::style()),
            Route::Nowhere => return None,
            route => route,
        };
        let base = self.config.base.as_deref().unwrap_or(ask.origin);
        let wanted = Wanted { base, route: &route };
        let Some(name) = route.name() else { return Some(self.missing(base, &route)) };
        let now = domain.now();
        let Ok(stand) = domain.query(|view| face::stand(view, name)).await else { return Some(unavailable()) };
        let Some(stand) = stand else { return Some(self.missing(base, &route)) };
        if let Some(page) = self.kept.find(&wanted, &stand, now) {
            return Some(page);
        }
        let frame = Frame { site: &self.config.site, base };
        match domain.query(|view| made(view, &frame, &route, name, &stand)).await {
            Ok(page) => {
                self.kept.keep(&wanted, stand, now, &page);
                Some(page)
            }
            Err(_) => Some(unavailable()),
        }
    }

    fn missing(&self, base: &str, route: &Route) -> Page {
        Frame { site: &self.config.site, base }.missing(route)
    }
}

fn made(view: &dyn View, frame: &Frame<'_>, route: &Route, name: &str, stand: &Stand) -> Decided<Page> {
    let Some(front) = face::front(view, stand, name)? else { return Ok(frame.missing(route)) };
    let channel = Channel { stand, front: &front };
    Ok(match route {
        Route::List(_, part) if stand.row.broadcast => {
            list::page(frame, &channel, *part, &face::page(view, stand, *part)?)
        }
        Route::Feed(_) if stand.row.broadcast => {
            feed::page(frame, &channel, &face::page(view, stand, face::Part::Latest)?)
        }
        Route::Post(_, id) if stand.row.broadcast => post::page(frame, &channel, *id, &face::post(view, stand, *id)?),
        // Source: t.me, where groups have a card and no messages.
        Route::List(..) | Route::Feed(_) => moved(&format!("/{}", channel.name())),
        Route::Post(_, id) => card::page(frame, &channel, Some(*id)),
        Route::Card(_) => card::page(frame, &channel, None),
        Route::Style | Route::Unread(_) | Route::Nowhere => frame.missing(route),
    })
}

/// A channel whose pages are made.
struct Channel<'a> {
    stand: &'a Stand,
    front: &'a Front,
}

impl Channel<'_> {
    /// The name that it is known by.
    fn name(&self) -> &str {
        self.front.names.first().map_or("", String::as_str)
    }

    /// Nothing of it is to be carried on.
    fn is_protected(&self) -> bool {
        self.stand.row.noforwards
    }
}

fn moved(to: &str) -> Page {
    let location = Some(to.to_owned());
    Page { status: 302, kind: "text/plain; charset=utf-8", keep: "no-cache", etag: None, location, body: Bytes::new() }
}

/// The store does not read now.
fn unavailable() -> Page {
    let body = Bytes::from_static(b"not now\n");
    Page { status: 503, kind: "text/plain; charset=utf-8", keep: "no-store", etag: None, location: None, body }
}
