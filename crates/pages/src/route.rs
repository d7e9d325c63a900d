//! Which page a path and a query name.

use domain::{MessageId, groups::face::Part, people::usernames};

/// A page. Names are as they were written; whether somebody holds them is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// How all pages look.
    Style,
    /// `/s/<name>`: a part of a channel.
    List(String, Part),
    /// `/s/<name>/feed`.
    Feed(String),
    /// `/<name>`: what the channel says of itself.
    Card(String),
    /// `/<name>/<id>`, `/s/<name>/<id>`: one post.
    Post(String, MessageId),
    /// Somebody meant a page, and none has this address.
    Unread(&'static str),
    /// Not the pages' business.
    Nowhere,
}

impl Route {
    pub(crate) fn of(path: &str, query: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let name = |it: &str| usernames::is_valid(it).then(|| it.to_owned());
        let parts: Vec<_> = path.split('/').collect();
        match parts.as_slice() {
            ["s", "style.css"] => Route::Style,
            ["s", it] => match (name(it), part(query)) {
                (None, _) => Route::Unread(NO_NAME),
                (_, None) => Route::Unread("The part of the channel that this address names does not read."),
                (Some(it), Some(part)) => Route::List(it, part),
            },
            ["s", it, "feed"] => name(it).map_or(Route::Unread(NO_NAME), Route::Feed),
            ["s", it, id] => one(name(it), id).unwrap_or(Route::Unread(NO_POST)),
            ["s", ..] => Route::Unread(NO_NAME),
            [it] => name(it).map_or(Route::Nowhere, Route::Card),
            [it, id] => one(name(it), id).unwrap_or(Route::Nowhere),
            _ => Route::Nowhere,
        }
    }

    /// The channel that it is about.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Route::List(name, _) | Route::Feed(name) | Route::Card(name) | Route::Post(name, _) => Some(name),
            Route::Style | Route::Unread(_) | Route::Nowhere => None,
        }
    }
}

const NO_NAME: &str = "Names have 5 to 32 letters, digits and underscores, and begin with a letter.";
const NO_POST: &str = "Posts are numbered from 1.";

fn one(name: Option<String>, id: &str) -> Option<Route> {
    Some(Route::Post(name?, number(id)?))
}

/// A message's number, as nobody but a person would misspell it.
fn number(text: &str) -> Option<MessageId> {
    let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|it| digits && *it > 0).map(MessageId)
}

/// `before=` and `after=`; what else a query has (trackers add to links) is passed over.
fn part(query: &str) -> Option<Part> {
    for (key, value) in query.split('&').filter_map(|it| it.split_once('=')) {
        match key {
            "before" => return number(value).map(Part::Before),
            "after" => return number(value).map(Part::After),
            _ => {}
        }
    }
    Some(Part::Latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, query: &str) -> String {
        format!("{:?}", Route::of(path, query))
    }

    #[test]
    fn an_address_names_one_page_or_none() {
        for (path, query, wanted) in [
            ("/s/optics", "", "List(\"optics\", Latest)"),
            ("/s/optics/", "utm=1", "List(\"optics\", Latest)"),
            ("/s/optics", "before=7", "List(\"optics\", Before(MessageId(7)))"),
            ("/s/optics", "x=1&after=7", "List(\"optics\", After(MessageId(7)))"),
            ("/s/optics/feed", "", "Feed(\"optics\")"),
            ("/s/optics/7", "", "Post(\"optics\", MessageId(7))"),
            ("/optics/7", "single", "Post(\"optics\", MessageId(7))"),
            ("/optics", "", "Card(\"optics\")"),
            ("/s/style.css", "v=1", "Style"),
        ] {
            assert_eq!(shown(path, query), wanted, "{path}?{query}");
        }
    }

    #[test]
    fn numbers_and_names_that_do_not_read_name_no_page() {
        for (path, query) in [
            ("/s/optics", "before="),
            ("/s/optics", "before=-1"),
            ("/s/optics", "after=+7"),
            ("/s/optics", "after=99999999999"),
            ("/s/optics", "before=0"),
            ("/s/four", ""),
            ("/s/a%20b%20c", ""),
            ("/s/optics/0", ""),
            ("/s/optics/seven", ""),
            ("/s/optics/7/8", ""),
            ("/s", ""),
        ] {
            let it = Route::of(path, query);
            assert!(matches!(it, Route::Unread(_) | Route::Nowhere), "{path}?{query}: {it:?}");
        }
        for path in
            ["/", "//", "/favicon.ico", "/robots.txt", "/optics/feed", "/a/b/c", "/optics/7/x", "/.well-known/x"]
        {
            assert_eq!(Route::of(path, ""), Route::Nowhere, "{path}");
        }
    }
}
