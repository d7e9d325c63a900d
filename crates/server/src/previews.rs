//! Pages for previews: what the domain wants to know of the web is fetched here, some at once, and each within bounds
//! of time and bytes. No log names a link: what people link to is theirs.

mod fetch;
mod hosts;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ::previews::{Allowed, Link, page};
use domain::{
    Domain, Refusal,
    messages::webpages::{
        PageVideo,
        arrival::{self, Arrived, Errand},
    },
};
use tokio::{sync::watch, task::JoinSet};

use crate::config::Config;
use fetch::{Fetched, Fetcher, Why};
use hosts::Hosts;

/// How often new errands are looked for.
const PERIOD: Duration = Duration::from_millis(200);

/// Pages that are fetched at once.
const UNDER_WAY: usize = 8;

/// Errands that are looked at in one round.
const ROUND: usize = 64;

/// How long one page may take with its picture, all redirects included. Clients look again after thirty seconds.
const TIME: Duration = Duration::from_secs(20);

/// What the operator allows to be asked beside the public internet.
pub fn allowed(config: &Config) -> Allowed {
    Allowed::new(config.previews_allow.iter().map(String::as_str))
}

/// Fetches what is wanted until the server stops; `None` where previews are switched off.
pub fn start(config: &Config) -> Option<Errands> {
    config.previews.then(|| Errands { fetcher: Arc::new(Fetcher::new(allowed(config))) })
}

/// The task that runs errands.
pub struct Errands {
    fetcher: Arc<Fetcher>,
}

impl Errands {
    /// Runs them.
    pub async fn run(self, domain: Domain, mut stopped: watch::Receiver<bool>) {
        let (mut tasks, mut busy, mut hosts) = (JoinSet::new(), BTreeSet::new(), Hosts::default());
        let mut failing = false;
        loop {
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                Some(done) = tasks.join_next() => {
                    // A task that ended without a word is looked for again with its errand.
                    let Ok((page, result)) = done else { busy.clear(); continue };
                    busy.remove(&page);
                    crate::jobs::report("previews", &result, &mut failing);
                    continue;
                }
                // What is under way is an errand again when the server starts.
                _ = stopped.changed() => return,
            }
            let Ok(all) = domain.query(|view| arrival::errands(view, ROUND)).await else { continue };
            for errand in all {
                if tasks.len() == UNDER_WAY {
                    break;
                }
                if !busy.insert(errand.page) {
                    continue;
                }
                let may_ask = !errand.is_open() || hosts.may_ask(&errand.url);
                let (fetcher, domain) = (Arc::clone(&self.fetcher), domain.clone());
                tasks.spawn(async move {
                    let came = if may_ask && errand.is_open() { fetcher.page(&errand.url).await } else { None };
                    (errand.page, settle(&domain, &errand, came).await)
                });
            }
        }
    }
}

async fn settle(domain: &Domain, errand: &Errand, came: Option<Arrived>) -> Result<(), Refusal> {
    arrival::settle(domain, errand, came).await
}

impl Fetcher {
    /// A page with its picture; `None`: there is nothing to show.
    async fn page(&self, url: &str) -> Option<Arrived> {
        let link = Link::read(url)?;
        match tokio::time::timeout(TIME, self.described(link)).await {
            Ok(Ok(came)) => Some(came),
            Ok(Err(why)) => {
                tracing::debug!(%why, "a page has no preview");
                None
            }
            Err(_) => {
                tracing::debug!("a page takes too long for a preview");
                None
            }
        }
    }

    async fn described(&self, link: Link) -> Result<Arrived, Why> {
        let (from, charset, html) = match self.get(link, fetch::Wanted::Page).await? {
            Fetched::Page { link, charset, html } => (link, charset, html),
            Fetched::Picture { link, bytes } => {
                let site = fetch::site(&link);
                return Ok(Arrived { kind: "photo".into(), site, picture: Some(bytes), ..Arrived::default() });
            }
        };
        let read = page::read(&html, charset.as_deref(), &from);
        if !read.says_something() {
            return Err(Why::SaysNothing);
        }
        let picture = match read.image {
            Some(link) => match self.get(link, fetch::Wanted::Picture).await {
                Ok(Fetched::Picture { bytes, .. }) => Some(bytes),
                // A page is the same without its picture.
                Ok(Fetched::Page { .. }) | Err(_) => None,
            },
            None => None,
        };
        let video = read.video.map(|it| PageVideo {
            url: it.link.as_str().to_owned(),
            kind: it.kind,
            width: it.width,
            height: it.height,
            ..PageVideo::default()
        });
        let kind = if video.is_some() { "video" } else { "article" };
        let site = if read.site.is_empty() { fetch::site(&from) } else { read.site };
        Ok(Arrived {
            kind: kind.into(),
            site,
            title: read.title,
            text: read.text,
            author: read.author,
            picture,
            video,
            duration: read.duration,
        })
    }
}
