//! Graphs of a broadcast channel and its posts: which there are, who may have them, and their numbers. A graph is
//! named by a token, which says what it is of and proves that the server made it for this viewer.
//! Source: core.telegram.org/api/stats, core.telegram.org/method/stats.loadAsyncGraph.

use super::{
    broadcast::viewer,
    hours::{HOUR, HOURS_KEPT, HourRow, hours},
};
use crate::{
    groups::channel,
    hex,
    ids::{ChannelId, MessageId, UserId},
    messages::{
        counts::{Post, series},
        rows::copy,
    },
    record,
    record::Record,
    refusal::Refusal,
    variants,
    view::{Decided, View},
    world::World,
};

/// Days of a graph.
pub const DAYS: u32 = 30;

/// Seconds for which a token is good.
pub const TOKEN_SECONDS: u32 = 24 * HOUR;

/// Points of the graph of a post.
pub const POST_POINTS_MAX: u32 = 200;

const DAY: u32 = 24 * HOUR;

variants! {
    /// What a graph shows.
    pub enum Shown {
        /// Members at the end of each day.
        1 => Growth {},
        /// Who came and went.
        2 => Followers {},
        /// Views by the hour of the day, of the last week and the week before.
        3 => TopHours {},
        /// Views and forwards.
        4 => Interactions {},
        /// Views, by how people came to see a post.
        5 => ViewsBySource {},
        /// Who came, by the way they took.
        6 => NewBySource {},
        /// Reactions, by what they say.
        7 => Reactions {},
        /// Views and forwards of a post.
        8 => PostViews { 1 => message: MessageId },
        /// Who muted the channel, and who listens again.
        10 => Mutes {},
        /// Reactions to a post.
        9 => PostReactions { 1 => message: MessageId },
    }
}

record! {
    /// A graph, named.
    pub struct Name {
        1 => channel: ChannelId,
        2 => shown: Shown,
        /// When it was named, unix seconds; the graph ends there.
        3 => made: u32,
    }
}

/// A graph's numbers: as many for each line as there are moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// What it is of.
    pub name: Name,
    /// Unix seconds; of [`Shown::TopHours`] hours.
    pub at: Vec<u32>,
    /// In the order that [`Shown`] says.
    pub lines: Vec<Vec<u32>>,
}

impl Name {
    /// The text that names it to one viewer.
    pub fn token(&self, world: &World, viewer: UserId) -> String {
        let bytes = self.encode();
        let proof = world.graph_proof(viewer, &bytes).to_be_bytes();
        hex::encode(&[&bytes[..], &proof].concat())
    }

    /// Reads a token. One that the server did not make for this viewer is invalid; an old one has expired.
    pub fn of(view: &(impl View + ?Sized), me: UserId, token: &str) -> Decided<Self> {
        let invalid = Refusal::GraphInvalidReload;
        let bytes = hex::decode(token).ok_or(invalid)?;
        let (name, proof) = bytes.split_last_chunk::<8>().ok_or(invalid)?;
        if view.world().graph_proof(me, name).to_be_bytes() != *proof {
            return Err(invalid.into());
        }
        let name = Self::decode(name).map_err(|_| invalid)?;
        let age = view.now().secs().saturating_sub(name.made);
        if age > TOKEN_SECONDS { Err(Refusal::GraphExpiredReload.into()) } else { Ok(name) }
    }
}

/// The numbers of a graph; with a moment in milliseconds, those of its day by the hour.
pub fn graph(view: &(impl View + ?Sized), me: UserId, name: &Name, zoom: Option<i64>) -> Decided<Graph> {
    let it = viewer(view, me, name.channel)?;
    let (at, lines) = match (&name.shown, zoom) {
        (Shown::PostViews { message } | Shown::PostReactions { message }, None) => {
            of_post(view, Post { channel: name.channel, message: *message }, name)?
        }
        (Shown::TopHours {}, None) => top_hours(view, name)?,
        (Shown::PostViews { .. } | Shown::PostReactions { .. } | Shown::TopHours {}, Some(_)) => {
            return Err(Refusal::GraphOutdatedReload.into());
        }
        (_, zoom) => by_time(view, name, span(name, it.row.created, zoom)?)?,
    };
    Ok(Graph { name: name.clone(), at, lines })
}

/// From which hour to which, in steps of how many.
struct Span {
    from: u32,
    to: u32,
    step: u32,
}

fn span(name: &Name, created: u32, zoom: Option<i64>) -> Decided<Span> {
    let today = name.made / DAY;
    let first = (today + 1).saturating_sub(DAYS).max(created / DAY);
    let Some(moment) = zoom else { return Ok(Span { from: first * 24, to: today * 24 + 24, step: 24 }) };
    let day = u32::try_from(moment / 1000 / i64::from(DAY)).ok().filter(|it| (first..=today).contains(it));
    let day = day.ok_or(Refusal::GraphOutdatedReload)?;
    Ok(Span { from: day * 24, to: (day * 24 + 24).min(name.made / HOUR + 1), step: 1 })
}

type Drawn = (Vec<u32>, Vec<Vec<u32>>);

fn by_time(view: &(impl View + ?Sized), name: &Name, span: Span) -> Decided<Drawn> {
    let Span { from, to, step } = span;
    let mut steps = vec![HourRow::default(); ((to - from) / step) as usize];
    for (hour, row) in hours(view, name.channel, from, to)? {
        if let Some(it) = steps.get_mut(((hour - from) / step) as usize) {
            it.add(&row);
        }
    }
    let at = (from..to).step_by(step as usize).map(|it| it * HOUR).collect();
    let each = |number: fn(&HourRow) -> u32| steps.iter().map(number).collect::<Vec<u32>>();
    let lines = match name.shown {
        Shown::Growth {} => vec![growth(view, name.channel, to, &steps)?],
        Shown::Followers {} => vec![each(HourRow::came), each(|it| it.left)],
        Shown::Mutes {} => vec![each(|it| it.muted), each(|it| it.unmuted)],
        Shown::Interactions {} => vec![each(HourRow::views), each(|it| it.shares)],
        Shown::ViewsBySource {} => vec![
            each(|it| it.by_followers),
            each(|it| it.by_passers),
            each(|it| it.in_groups),
            each(|it| it.in_private),
        ],
        Shown::NewBySource {} => {
            vec![each(|it| it.by_name), each(|it| it.by_link), each(|it| it.invited), each(|it| it.by_request)]
        }
        Shown::Reactions {} => vec![each(|it| it.positive), each(|it| it.negative), each(|it| it.other)],
        // Not by time of the channel.
        Shown::TopHours {} | Shown::PostViews { .. } | Shown::PostReactions { .. } => Vec::new(),
    };
    Ok((at, lines))
}

/// Members at the end of each step, from today's back.
fn growth(view: &(impl View + ?Sized), id: ChannelId, to: u32, steps: &[HourRow]) -> Decided<Vec<u32>> {
    let mut members = i64::from(channel::counts(view, id)?.members);
    for (_, row) in hours(view, id, to, to.saturating_add(HOURS_KEPT))? {
        members -= i64::from(row.came()) - i64::from(row.left);
    }
    let mut all = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        all.push(u32::try_from(members).unwrap_or(0));
        members -= i64::from(step.came()) - i64::from(step.left);
    }
    all.reverse();
    Ok(all)
}

fn top_hours(view: &(impl View + ?Sized), name: &Name) -> Decided<Drawn> {
    const WEEK: u32 = 7 * 24;
    let to = name.made / HOUR + 1;
    let from = to.saturating_sub(2 * WEEK);
    let mut lines = vec![vec![0; 24]; 2];
    for (hour, row) in hours(view, name.channel, from, to)? {
        let line = usize::from(hour < to.saturating_sub(WEEK));
        lines[line][(hour % 24) as usize] += row.views();
    }
    Ok(((0..24).collect(), lines))
}

fn of_post(view: &(impl View + ?Sized), post: Post, name: &Name) -> Decided<Drawn> {
    let row = copy(view, post.channel, post.message)?.filter(|it| it.post).ok_or(Refusal::MessageIdInvalid)?;
    let (from, to) = (row.date / HOUR, name.made / HOUR + 1);
    let kept = series::read(view, post)?;
    let step = kept.step().max((to.saturating_sub(from)).div_ceil(POST_POINTS_MAX)).max(1);
    let from = from - from % step;
    let lines = if matches!(name.shown, Shown::PostViews { .. }) { 2 } else { 3 };
    let mut all = vec![vec![0; (to.saturating_sub(from)).div_ceil(step).max(1) as usize]; lines];
    for point in &kept.points {
        let at = ((point.hour.max(from) - from) / step) as usize;
        let numbers = match name.shown {
            Shown::PostViews { .. } => vec![point.views, point.forwards],
            _ => vec![point.positive, point.negative, point.other],
        };
        for (line, number) in all.iter_mut().zip(numbers) {
            line.get_mut(at).into_iter().for_each(|it| *it += number);
        }
    }
    let at = (0..all[0].len() as u32).map(|it| (from + it * step) * HOUR).collect();
    Ok((at, all))
}

/// Lets in who may see what came of a post.
pub fn post(view: &(impl View + ?Sized), me: UserId, id: ChannelId, message: MessageId) -> Decided<Post> {
    viewer(view, me, id)?;
    let row = copy(view, id, message)?.filter(|it| it.post).ok_or(Refusal::MessageIdInvalid)?;
    // A copy of another channel's post has that one's counters, and no life of its own.
    let own = Post::of(id.into(), message, &row).filter(|it| it.channel == id);
    own.ok_or_else(|| Refusal::MessageIdInvalid.into())
}
