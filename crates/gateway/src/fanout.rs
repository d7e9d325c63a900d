//! Entries on their way to sessions: rendered once a layer, queued for each. One line keeps the order
//! of every topic.

use std::sync::Arc;

use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{gateway::Hall, service::Publication, session::Cell, stats::add};

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
    add(&hall.counters.publications, 1);
    let wanted = |cell: &Arc<Cell>| {
        publication.skip != Some((cell.key.id, cell.id)) && publication.only.is_none_or(|key| key == cell.key.id)
    };
    let listeners = hall.registry.listeners(publication.topic).into_iter().filter(wanted);
    let mut by_layer: Vec<(u16, Vec<Arc<Cell>>)> = Vec::new();
    for cell in listeners {
        let layer = cell.lock().layer.unwrap_or(NEWEST);
        match by_layer.iter_mut().find(|(it, _)| *it == layer) {
            Some((_, cells)) => cells.push(cell),
            None => by_layer.push((layer, vec![cell])),
        }
    }
    for (layer, cells) in by_layer {
        add(&hall.counters.renders, 1);
        let body = hall.service.render(Arc::clone(&publication.entry), publication.topic, layer).await;
        let Some(body) = body else { continue };
        add(&hall.counters.pushes, cells.len() as u64);
        cells.iter().for_each(|cell| cell.push(Bytes::clone(&body)));
    }
}
