//! Entries on their way to sessions: rendered once a layer, queued for each. One line keeps the order
//! of every topic, and of the changes of who hears it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    following::Change,
    gateway::Hall,
    registry::Registry,
    service::{Publication, Service, Topic},
    session::Cell,
    stats::{Counters, add},
};

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

/// Starts the line.
pub(crate) fn start(hall: Arc<Hall>) -> (Line, JoinHandle<()>) {
    let (send, mut receive) = mpsc::unbounded_channel();
    let changes = Arc::new(AtomicUsize::new(0));
    let line = Line { send, changes: Arc::clone(&changes) };
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(item) = receive.recv() => match item {
                    Item::Publication(publication) => deliver(&hall, publication).await,
                    Item::Change(change) => {
                        hall.registry.change(change);
                        changes.fetch_sub(1, Ordering::SeqCst);
                    }
                },
                () = hall.stopped() => return,
            }
        }
    });
    (line, task)
}

async fn deliver(hall: &Hall, publication: Publication) {
    spread(&hall.registry, &*hall.service, &hall.counters, publication).await;
}

/// Renders once a layer for each viewer group, whoever listens, and gives all its sessions the same bytes.
async fn spread(registry: &Registry, service: &dyn Service, counters: &Counters, publication: Publication) {
    add(&counters.publications, 1);
    for (viewer, by_layer) in groups(registry, &publication) {
        add(&counters.renders, by_layer.len() as u64);
        let layers = by_layer.keys().copied().collect();
        let bodies = service.render(Arc::clone(&publication.entry), viewer, layers).await;
        for (cells, body) in by_layer.into_values().zip(bodies) {
            let Some(body) = body else { continue };
            add(&counters.pushes, cells.len() as u64);
            cells.iter().for_each(|cell| cell.push(Bytes::clone(&body)));
        }
    }
}

/// Who is told, by viewer group; none is empty.
fn groups(registry: &Registry, publication: &Publication) -> Vec<(Topic, ByLayer)> {
    let except: HashSet<_> = publication.except.iter().collect();
    let sort = |cells: &[Arc<Cell>], into: &mut ByLayer| {
        for cell in cells.iter().filter(|it| is_addressed(publication, it)) {
            let state = cell.lock();
            if !state.topics.iter().any(|it| except.contains(it)) {
                into.entry(state.layer).or_default().push(Arc::clone(cell));
            }
        }
    };
    let (mut shared, mut own) = (ByLayer::new(), Vec::new());
    sort(&registry.listeners(publication.topic), &mut shared);
    registry.for_followers(publication.topic, |follower, cells| {
        if publication.each {
            let mut by_layer = ByLayer::new();
            sort(cells, &mut by_layer);
            own.push((follower, by_layer));
        } else {
            sort(cells, &mut shared);
        }
    });
    own.insert(0, (publication.topic, shared));
    own.retain(|(_, by_layer)| !by_layer.is_empty());
    own
}

fn is_addressed(publication: &Publication, cell: &Cell) -> bool {
    publication.skip != Some((cell.key.id, cell.id)) && publication.only.is_none_or(|key| key == cell.key.id)
}

#[cfg(test)]
mod tests;
