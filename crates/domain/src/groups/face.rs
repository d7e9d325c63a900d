//! The public face of a channel: what anybody may read of it without an account, by its public name. Of a private
//! channel nothing is told here, nor that it is there; nor of the private ones that its posts came from.

use store::{Direction, Range};

use super::channel::{self, ChannelRow};
use crate::{
    files::{Carrier, links},
    ids::{ChannelId, LogId, MessageId, Peer, Pts, UserId},
    messages::{
        self, SeenMedia, SeenMessage,
        rows::{chat_range, copy, history_key, id_of},
        webpages::What,
    },
    people::{NameKind, names::holder_of, seen_min, usernames},
    updates,
    view::{Decided, View},
};

/// Posts on one page. Source: t.me/s shows as many.
pub const PAGE: usize = 20;

/// The square that is shown of a channel's photo.
const PORTRAIT: &str = "b";

/// Where a public channel stands. While it stands there its posts are the same; numbers of members, voters and views
/// move by themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    /// Which.
    pub channel: ChannelId,
    /// As stored.
    pub row: ChannelRow,
    /// The last numbered entry of its log, and how many without a number came after it.
    pub pts: Pts,
    /// As above.
    pub tail: u32,
    /// The last message that was given a number.
    pub last: MessageId,
}

/// What a public channel says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    /// Its title.
    pub title: String,
    /// Its description.
    pub about: String,
    /// Its active names; the first is the one that it is known by.
    pub names: Vec<String>,
    /// Members.
    pub members: u32,
    /// By what its photo is fetched, a square of some hundred pixels.
    pub portrait: Option<String>,
}

/// A post with what is told of those that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// As a stranger sees it.
    pub message: SeenMessage,
    /// Its author's name, where the channel shows profiles.
    pub author: Option<String>,
    /// Where it was first said, if it was forwarded.
    pub origin: Option<Whence>,
    /// The post that it answers.
    pub answers: Option<Box<SeenMessage>>,
    /// By what its files are fetched, with their ids.
    pub files: Vec<(u64, String)>,
}

/// Where a forwarded post comes from, as far as everybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whence {
    /// A person, by name.
    Person(String),
    /// A public channel or group, by title and name, and the post there; 0: none.
    Public(String, String, MessageId),
    /// One that is not public: nothing more is told.
    Private,
}

/// Which part of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Part {
    /// Its end.
    #[default]
    Latest,
    /// What stands before a post.
    Before(MessageId),
    /// What stands after one.
    After(MessageId),
}

/// A page of a channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Newest first.
    pub articles: Vec<Article>,
    /// Whether there are older ones.
    pub older: bool,
    /// Whether there are newer ones.
    pub newer: bool,
}

/// What there is under a post's number.
#[derive(Clone, Debug, PartialEq)]
pub enum Post {
    /// It.
    Here(Box<Article>),
    /// It was deleted, or destroyed itself.
    Gone,
    /// The channel has not come so far.
    Never,
}

/// The public channel that holds a name, active or not: [`front`] tells.
pub fn stand(view: &(impl View + ?Sized), name: &str) -> Decided<Option<Stand>> {
    if !usernames::is_valid(name) {
        return Ok(None);
    }
    let Some(Peer::Channel(channel)) = holder_of(view, NameKind::Username, name)? else { return Ok(None) };
    let Some(row) = channel::channel(view, channel)?.filter(|it| it.public && !it.deleted) else { return Ok(None) };
    let counters = updates::counters(view, channel)?;
    let (pts, tail, last) = (counters.pts, counters.tail, MessageId(counters.last_message_id));
    Ok(Some(Stand { channel, row, pts, tail, last }))
}

/// What it says of itself to who asks for this name; `None` where the name is not active.
pub fn front(view: &(impl View + ?Sized), stand: &Stand, name: &str) -> Decided<Option<Front>> {
    let card = channel::card(view, stand.channel, &stand.row)?;
    let names: Vec<_> = card.usernames.into_iter().filter(|it| it.active).map(|it| it.name).collect();
    if !names.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return Ok(None);
    }
    let members = channel::counts(view, stand.channel)?.members;
    let carrier = Carrier::GroupPhoto { group: Peer::Channel(stand.channel) };
    let square = card.photo.as_ref().and_then(|it| it.size(PORTRAIT));
    let portrait = square.map(|it| links::link(view, UserId::NOBODY, carrier, it.id));
    Ok(Some(Front { title: card.title, about: card.about, names, members, portrait }))
}

/// A page of it.
pub fn page(view: &(impl View + ?Sized), stand: &Stand, part: Part) -> Decided<Page> {
    let (log, peer) = (LogId::from(stand.channel), Peer::Channel(stand.channel));
    let whole = chat_range(log, peer);
    let at = |id: MessageId| history_key(log, peer, id).clamp(whole.start.clone(), whole.end.clone());
    let after = |id: MessageId| MessageId(id.0.saturating_add(1));
    let (range, direction) = match part {
        Part::Latest => (whole.clone(), Direction::Backward),
        Part::Before(id) => (Range { start: whole.start.clone(), end: at(id) }, Direction::Backward),
        Part::After(id) => (Range { start: at(after(id)), end: whole.end.clone() }, Direction::Forward),
    };
    let rows = view.scan(&range, direction, PAGE + 1)?;
    let more = rows.len() > PAGE;
    let mut ids: Vec<_> = rows.iter().take(PAGE).map(|(key, _)| id_of(key)).collect();
    if direction == Direction::Forward {
        ids.reverse();
    }
    let any = |range: Range| Ok::<_, crate::Stop>(!view.scan(&range, Direction::Forward, 1)?.is_empty());
    let (older, newer) = match (part, ids.first(), ids.last()) {
        (Part::Latest, ..) => (more, false),
        (Part::Before(id), ..) => (more, any(Range { start: at(id), end: whole.end.clone() })?),
        (Part::After(_), _, Some(last)) => (any(Range { start: whole.start.clone(), end: at(*last) })?, more),
        (Part::After(_), _, None) => (any(whole.clone())?, more),
    };
    let seen = messages::seen_in(view, UserId::NOBODY, log, ids)?;
    let articles = seen.into_iter().map(|it| article(view, stand, it)).collect::<Decided<_>>()?;
    Ok(Page { articles, older, newer })
}

/// One post of it.
pub fn post(view: &(impl View + ?Sized), stand: &Stand, id: MessageId) -> Decided<Post> {
    match messages::seen_in(view, UserId::NOBODY, stand.channel.into(), [id])?.pop() {
        Some(seen) => Ok(Post::Here(Box::new(article(view, stand, seen)?))),
        None if id <= stand.last => Ok(Post::Gone),
        None => Ok(Post::Never),
    }
}

fn article(view: &(impl View + ?Sized), stand: &Stand, message: SeenMessage) -> Decided<Article> {
    let author = match message.row.from {
        UserId::NOBODY => None,
        from => person(view, from)?,
    };
    let origin = origin(view, &message)?;
    let answers = match message.reply_to {
        Some(id) if copy(view, stand.channel, id)?.is_some() => {
            messages::seen_in(view, UserId::NOBODY, stand.channel.into(), [id])?.pop().map(Box::new)
        }
        Some(_) | None => None,
    };
    let files = files(view, stand, &message);
    Ok(Article { message, author, origin, answers, files })
}

fn files(view: &(impl View + ?Sized), stand: &Stand, message: &SeenMessage) -> Vec<(u64, String)> {
    let own = Carrier::Message { log: stand.channel.into(), uid: message.row.uid };
    let (carrier, ids): (_, Vec<u64>) = match &message.media {
        Some(SeenMedia::Carried(it)) => (own, it.body.files().iter().map(|it| it.id).collect()),
        Some(SeenMedia::WebPage(it)) => match &it.what {
            What::Found { card, .. } => {
                let sizes = card.photo.iter().flat_map(|it| &it.sizes);
                (Carrier::WebPage { page: it.number }, sizes.map(|it| it.stored.id).collect())
            }
            What::Pending(_) | What::Nothing => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    ids.into_iter().map(|id| (id, links::link(view, UserId::NOBODY, carrier, id))).collect()
}

fn person(view: &(impl View + ?Sized), id: UserId) -> Decided<Option<String>> {
    let Some(seen) = seen_min(view, id)?.filter(|it| !it.deleted) else { return Ok(None) };
    Ok(Some(format!("{} {}", seen.first_name, seen.last_name).trim().to_owned()))
}

fn origin(view: &(impl View + ?Sized), message: &SeenMessage) -> Decided<Option<Whence>> {
    let Some(origin) = &message.origin else { return Ok(None) };
    let deleted = || "Deleted Account".to_owned();
    let from = match (&origin.hidden_name, origin.row.channel, origin.row.from) {
        (_, Some(Peer::Channel(id)), _) => public(view, id, origin.row.post)?,
        (_, Some(_), _) => Whence::Private,
        (Some(name), None, _) => Whence::Person(name.clone()),
        (None, None, Some(id)) => Whence::Person(person(view, id)?.unwrap_or_else(deleted)),
        (None, None, None) => Whence::Person(deleted()),
    };
    Ok(Some(from))
}

fn public(view: &(impl View + ?Sized), id: ChannelId, post: MessageId) -> Decided<Whence> {
    let Some(row) = channel::channel(view, id)?.filter(|it| it.public && !it.deleted) else {
        return Ok(Whence::Private);
    };
    let card = channel::card(view, id, &row)?;
    let name = card.usernames.into_iter().find(|it| it.active).map(|it| it.name);
    Ok(name.map_or(Whence::Private, |name| Whence::Public(card.title, name, post)))
}
