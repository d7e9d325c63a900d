//! One publication and many sessions.

use std::{
    collections::HashMap,
    sync::{Mutex, atomic::Ordering},
};

use crypto::AuthKey;
use mtproto::{AuthKeyId, SessionId, Time};
use tokio::sync::Semaphore;

use super::*;
use crate::{
    config::Limits,
    service::{Answer, BoxFuture, Caller, Entry, KeyRecord, NewAuthKey, Refusal, Topic, Unavailable},
};

mod followers;

const SESSIONS: u64 = 10_000;
const LAYERS: [Option<u16>; 5] = [None, Some(152), Some(201), Some(227), Some(229)];
const NOW: Time = Time(0);
/// Begins each rendering.
const MARK: &[u8] = b"told";

#[derive(Clone, Copy)]
enum Trouble {
    Unavailable,
    Panic,
}

/// Renders the viewer group's number, and keeps what it was asked for.
#[derive(Default)]
struct Layers {
    rendered: Mutex<Vec<(Topic, Vec<Option<u16>>)>>,
    follows: Mutex<HashMap<Topic, Vec<Topic>>>,
    /// Why it can't be said what a topic follows.
    trouble: Mutex<Option<Trouble>>,
    /// What it was asked about.
    asked: Mutex<Vec<Topic>>,
    /// Lets answers about followings go, where they are held.
    held: Option<Arc<Semaphore>>,
}

impl Service for Layers {
    fn call(&self, _caller: Caller, _body: Bytes) -> BoxFuture<Answer> {
        Box::pin(async { Answer::default() })
    }

    fn auth_key(&self, id: AuthKeyId) -> BoxFuture<Option<Arc<KeyRecord>>> {
        // The layer is told by the key's id.
        let layer = LAYERS[(id.0 % LAYERS.len() as u64) as usize];
        let key = AuthKey::new([1; 256]);
        Box::pin(async move { Some(Arc::new(KeyRecord { id, key, expires: None, layer, dc: None })) })
    }

    fn store_auth_key(&self, _key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn destroy_auth_key(&self, _id: AuthKeyId) -> BoxFuture<bool> {
        Box::pin(async { false })
    }

    fn render(&self, _entry: Entry, topic: Topic, layers: Vec<Option<u16>>) -> BoxFuture<Vec<Option<Bytes>>> {
        let body = Bytes::from([MARK, &topic.0.to_le_bytes()].concat());
        // Each layer's in a place of its own.
        let bodies = layers.iter().map(|_| Some(Bytes::copy_from_slice(&body))).collect();
        self.rendered.lock().unwrap().push((topic, layers));
        Box::pin(async { bodies })
    }

    fn follows(&self, topic: Topic) -> BoxFuture<Result<Vec<Topic>, Unavailable>> {
        self.asked.lock().unwrap().push(topic);
        let known = self.follows.lock().unwrap().get(&topic).cloned().unwrap_or_default();
        let trouble = *self.trouble.lock().unwrap();
        let answer = match trouble {
            None => Ok(known),
            Some(Trouble::Unavailable) => Err(Unavailable),
            Some(Trouble::Panic) => panic!("asked for"),
        };
        let held = self.held.clone();
        Box::pin(async move {
            if let Some(held) = held {
                held.acquire().await.unwrap().forget();
            }
            answer
        })
    }

    fn too_long(&self) -> Bytes {
        Bytes::new()
    }

    fn refusal(&self, _refusal: Refusal) -> Bytes {
        Bytes::new()
    }

    fn session_ended(&self, _key: AuthKeyId, _session: SessionId) {}
}

/// A registry, its service and what they counted.
struct Rig {
    service: Arc<Layers>,
    registry: Arc<Registry>,
    counters: Counters,
    heard_by: Mutex<Option<Audience>>,
}

fn rig() -> Rig {
    rig_of(Layers::default())
}

fn rig_of(service: Layers) -> Rig {
    let service = Arc::new(service);
    let registry = Registry::new(Arc::clone(&service) as Arc<dyn Service>, Limits::default(), [0; 32]);
    Rig { service, registry: Arc::new(registry), counters: Counters::default(), heard_by: Mutex::default() }
}

impl Rig {
    /// The session of a key of its own.
    async fn cell(&self, key: u64) -> Arc<Cell> {
        let key = self.registry.key(AuthKeyId(key), NOW).await.expect("every key is known");
        self.registry.session(&key, SessionId(0))
    }

    /// One that listens to a topic and was answered.
    async fn listener(&self, key: u64, topic: Topic) -> Arc<Cell> {
        let cell = self.cell(key).await;
        let asks = self.registry.listen(&cell, vec![topic]);
        self.registry.learn(&cell, asks).await.expect("the service answers");
        cell
    }

    async fn spread(&self, publication: Publication) {
        let (flusher, urgency) = (Flusher::new(2), Urgency::Soon);
        let groups = groups(&self.registry, &publication, &mut self.heard_by.lock().unwrap());
        spread(groups, &*self.service, &flusher, &self.counters, publication, urgency).await;
    }

    fn change(&self, who: Topic, what: Topic, follows: bool) {
        self.registry.change(Change { who, what, follows });
    }
}

fn publication(topic: Topic) -> Publication {
    Publication { topic, entry: Arc::new(()), skip: None, only: None, except: Vec::new(), each: false, behind: None }
}

/// For which viewer groups a session was told since the last look.
fn told(cell: &Cell) -> Vec<Topic> {
    let mut bytes = Vec::new();
    let mut state = cell.lock();
    if !state.session.is_online() {
        state.session.connected(NOW);
    }
    while state.session.poll_transmit(NOW, &mut bytes).is_some() {}
    let group = |at: usize| Topic(u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()));
    (0..bytes.len()).filter(|at| bytes[*at..].starts_with(MARK)).map(group).collect()
}

#[tokio::test]
async fn ten_thousand_sessions_at_five_layers_cost_one_rendering() {
    let rig = rig();
    let topic = Topic(7);
    for at in 0..SESSIONS {
        rig.listener(at, topic).await;
    }
    rig.spread(publication(topic)).await;
    assert_eq!(*rig.service.rendered.lock().unwrap(), [(topic, LAYERS.to_vec())]);
    assert_eq!(rig.counters.renders.load(Ordering::Relaxed), 1);
    assert_eq!(rig.counters.transcodings.load(Ordering::Relaxed), LAYERS.len() as u64 - 1);
    assert_eq!(rig.counters.deliveries.load(Ordering::Relaxed), SESSIONS);
}
