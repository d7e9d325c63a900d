//! Entries on their way to sessions: rendered once a viewer group, queued for each session. Two lines keep
//! the order of every topic, and of the changes of who hears it: what few hear does not wait for what many do,
//! whose line is a thread that steps back.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    background::{self, Rests},
    flusher::{Flusher, Urgency},
    following::Change,
    gateway::Hall,
    registry::Registry,
    service::{Publication, Service, Topic},
    session::Cell,
    stats::{Counters, add},
};

/// Sessions up to which a publication is told at once; what more hear takes the second line. A flush of so
/// many takes half a millisecond, which is what a private message may wait for another.
const FEW: usize = 64;

/// Where publications go in, and changes of who hears them: what was published before a change is not
/// heard by it.
#[derive(Clone)]
pub(crate) struct Line {
    send: mpsc::UnboundedSender<Item>,
    /// Changes on their way.
    changes: Arc<AtomicUsize>,
}

enum Item {
    Publication(Publication),
    Change(Change),
}

/// Items of the second line by topic, each until it is through: what comes later of the topic stays behind it.
#[derive(Default)]
struct Waiting(Mutex<HashMap<Topic, usize>>);

/// Who hears a topic: found with two searches a follower, so posts that come one after another share it. It is forgotten
/// at the first rest, as whoever has gone meanwhile stays in memory.
struct Audience {
    topic: Topic,
    /// [`Registry::changes`] before it was looked for.
    changes: u64,
    cells: Vec<Arc<Cell>>,
}

/// Sessions by the layer they announced.
type ByLayer = BTreeMap<Option<u16>, Vec<Arc<Cell>>>;

impl Line {
    pub(crate) fn publish(&self, publication: Publication) {
        // Gone only when the gateway stops.
        let _ = self.send.send(Item::Publication(publication));
    }

    pub(crate) fn change(&self, change: Change) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let _ = self.send.send(Item::Change(change));
    }

    /// Whether a topic that nobody hears now may be heard by the time a publication comes through.
    pub(crate) fn has_changes(&self) -> bool {
        self.changes.load(Ordering::SeqCst) > 0
    }
}

impl Item {
    /// Among whose items it keeps its place.
    fn topic(&self) -> Topic {
        match self {
            Item::Publication(it) => it.behind.unwrap_or(it.topic),
            Item::Change(it) => it.what,
        }
    }

    fn is_for_many(&self, registry: &Registry) -> bool {
        match self {
            Item::Publication(it) => registry.is_heard_by_more_than(FEW, it.topic),
            Item::Change(_) => false,
        }
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an item must take the second line; it is counted there from now on.
    fn admit(&self, item: &Item, registry: &Registry) -> bool {
        let mut waiting = self.lock();
        let takes = waiting.contains_key(&item.topic()) || item.is_for_many(registry);
        if takes {
            *waiting.entry(item.topic()).or_default() += 1;
        }
        takes
    }

    fn through(&self, topic: Topic) {
        let mut waiting = self.lock();
        if let Some(count) = waiting.get_mut(&topic) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&topic);
            }
        }
    }
}

/// Starts both lines.
pub(crate) fn start(hall: &Arc<Hall>) -> io::Result<(Line, Vec<JoinHandle<()>>)> {
    let (send, receive) = mpsc::unbounded_channel();
    let changes = Arc::new(AtomicUsize::new(0));
    let line = Line { send, changes: Arc::clone(&changes) };
    let (bulk, bulk_receive) = mpsc::unbounded_channel();
    let waiting = Arc::new(Waiting::default());
    let first = first(Arc::clone(hall), receive, bulk, Arc::clone(&waiting), Arc::clone(&changes));
    let second = second(Arc::clone(hall), bulk_receive, waiting, changes);
    Ok((line, vec![tokio::spawn(first), background::start("fanout", second)?]))
}

async fn first(
    hall: Arc<Hall>,
    mut receive: mpsc::UnboundedReceiver<Item>,
    bulk: mpsc::UnboundedSender<Item>,
    waiting: Arc<Waiting>,
    changes: Arc<AtomicUsize>,
) {
    let mut stopped = Box::pin(hall.stopped());
    loop {
        tokio::select! {
            Some(item) = receive.recv() => {
                if waiting.admit(&item, &hall.registry) {
                    // Gone only when the gateway stops.
                    let _ = bulk.send(item);
                } else {
                    deliver(&hall, &changes, item, Urgency::Soon, &mut None).await;
                }
            }
            () = &mut stopped => return,
        }
    }
}

async fn second(
    hall: Arc<Hall>,
    mut receive: mpsc::UnboundedReceiver<Item>,
    waiting: Arc<Waiting>,
    changes: Arc<AtomicUsize>,
) {
    let mut stopped = Box::pin(hall.stopped());
    let (mut heard_by, mut rests) = (None, Rests::new(hall.at_rest));
    loop {
        tokio::select! {
            Some(item) = receive.recv() => {
                let topic = item.topic();
                deliver(&hall, &changes, item, Urgency::Bulk, &mut heard_by).await;
                waiting.through(topic);
                rests.begin();
            }
            () = rests.due() => {
                heard_by = None;
                rests.rest();
            }
            () = &mut stopped => return,
        }
    }
}

async fn deliver(hall: &Hall, changes: &AtomicUsize, item: Item, urgency: Urgency, heard_by: &mut Option<Audience>) {
    match item {
        Item::Publication(it) => {
            let groups = groups(&hall.registry, &it, heard_by);
            spread(groups, &*hall.service, &hall.flusher, &hall.counters, it, urgency).await;
        }
        Item::Change(change) => {
            hall.registry.change(change);
            changes.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Renders once for each viewer group, whoever listens, and gives all its sessions of a layer the same bytes.
async fn spread(
    groups: Vec<(Topic, ByLayer)>,
    service: &dyn Service,
    flusher: &Flusher,
    counters: &Counters,
    publication: Publication,
    urgency: Urgency,
) {
    add(&counters.publications, 1);
    for (viewer, by_layer) in groups {
        let layers = by_layer.keys().copied().collect();
        let render = service.render(Arc::clone(&publication.entry), viewer, layers);
        // One entry's trouble must not end the line.
        let Ok(bodies) = AssertUnwindSafe(render).catch_unwind().await else {
            tracing::error!("an entry could not be rendered");
            continue;
        };
        add(&counters.renders, 1);
        add(&counters.transcodings, different(&bodies).saturating_sub(1));
        for (cells, body) in by_layer.into_values().zip(bodies) {
            let Some(body) = body else { continue };
            add(&counters.deliveries, cells.len() as u64);
            flusher.spread(cells, &body, urgency).await;
        }
    }
}

/// Bodies in different places of memory: layers that are served alike share one.
fn different(bodies: &[Option<Bytes>]) -> u64 {
    bodies.iter().flatten().map(|it| it.as_ptr()).collect::<HashSet<_>>().len() as u64
}

/// Who is told, by viewer group; none is empty.
fn groups(registry: &Registry, publication: &Publication, heard_by: &mut Option<Audience>) -> Vec<(Topic, ByLayer)> {
    let mut except = HashSet::new();
    for topic in &publication.except {
        registry.for_listeners(*topic, |cells| except.extend(cells.iter().map(|it| Arc::as_ptr(it).addr())));
    }
    let is_told = |cell: &Arc<Cell>| {
        is_addressed(publication, cell) && (except.is_empty() || !except.contains(&Arc::as_ptr(cell).addr()))
    };
    let sorted = |cells: &[Arc<Cell>]| {
        let mut by_layer = ByLayer::new();
        for cell in cells.iter().filter(|it| is_told(it)) {
            by_layer.entry(cell.layer()).or_default().push(Arc::clone(cell));
        }
        by_layer
    };
    let mut all = Vec::new();
    if publication.each {
        registry.for_listeners(publication.topic, |cells| all.push((publication.topic, sorted(cells))));
        registry.for_followers(publication.topic, |follower, cells| all.push((follower, sorted(cells))));
    } else {
        let changes = registry.changes();
        let known = heard_by.take().filter(|it| it.topic == publication.topic && it.changes == changes);
        let audience = heard_by.insert(known.unwrap_or_else(|| Audience::of(registry, publication.topic, changes)));
        all.push((publication.topic, sorted(&audience.cells)));
    }
    all.retain(|(_, by_layer)| !by_layer.is_empty());
    all
}

impl Audience {
    fn of(registry: &Registry, topic: Topic, changes: u64) -> Self {
        let mut cells = Vec::new();
        registry.for_listeners(topic, |all| cells.extend_from_slice(all));
        registry.for_followers(topic, |_, all| cells.extend_from_slice(all));
        Self { topic, changes, cells }
    }
}

fn is_addressed(publication: &Publication, cell: &Cell) -> bool {
    // The key is a step further in memory than the session's own number.
    let is_skipped = publication.skip.is_some_and(|(key, id)| id == cell.id && key == cell.key.id);
    !is_skipped && publication.only.is_none_or(|key| key == cell.key.id)
}

#[cfg(test)]
mod tests;
