//! Entries on their way to sessions: rendered once a layer, queued for each. One line keeps the order
//! of every topic.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    gateway::Hall,
    registry::Registry,
    service::{Publication, Service},
    session::Cell,
    stats::{Counters, add},
};

/// The layer of a session that has announced none.
const NEWEST: u16 = u16::MAX;

/// Where publications go in.
#[derive(Clone)]
pub(crate) struct Line(mpsc::UnboundedSender<Publication>);

impl Line {
    pub(crate) fn publish(&self, publication: Publication) {
        // Gone only when the gateway stops.
        let _ = self.0.send(publication);
    }
}

/// Starts the line.
pub(crate) fn start(hall: Arc<Hall>) -> (Line, JoinHandle<()>) {
    let (send, mut receive) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(publication) = receive.recv() => deliver(&hall, publication).await,
                () = hall.stopped() => return,
            }
        }
    });
    (Line(send), task)
}

async fn deliver(hall: &Hall, publication: Publication) {
    spread(&hall.registry, &*hall.service, &hall.counters, publication).await;
}

/// Renders once a layer, whoever listens, and gives every session the same bytes.
async fn spread(registry: &Registry, service: &dyn Service, counters: &Counters, publication: Publication) {
    add(&counters.publications, 1);
    let wanted = |cell: &Arc<Cell>| {
        publication.skip != Some((cell.key.id, cell.id)) && publication.only.is_none_or(|key| key == cell.key.id)
    };
    let mut by_layer: BTreeMap<u16, Vec<Arc<Cell>>> = BTreeMap::new();
    for cell in registry.listeners(publication.topic).into_iter().filter(wanted) {
        let layer = cell.lock().layer.unwrap_or(NEWEST);
        by_layer.entry(layer).or_default().push(cell);
    }
    if by_layer.is_empty() {
        return;
    }
    add(&counters.renders, by_layer.len() as u64);
    let layers = by_layer.keys().copied().collect();
    let bodies = service.render(Arc::clone(&publication.entry), publication.topic, layers).await;
    for (cells, body) in by_layer.into_values().zip(bodies) {
        let Some(body) = body else { continue };
        add(&counters.pushes, cells.len() as u64);
        cells.iter().for_each(|cell| cell.push(Bytes::clone(&body)));
    }
}

#[cfg(test)]
mod tests;
