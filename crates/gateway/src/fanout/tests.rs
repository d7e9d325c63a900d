//! One publication and many sessions.

use std::sync::{Mutex, atomic::Ordering};

use crypto::AuthKey;
use mtproto::{AuthKeyId, SessionId};

use super::*;
use crate::{
    config::Limits,
    service::{Answer, BoxFuture, Caller, Entry, KeyRecord, NewAuthKey, Refusal, Topic, Unavailable},
};

const SESSIONS: u64 = 10_000;
const LAYERS: [Option<u16>; 5] = [Some(152), Some(201), Some(227), Some(229), None];

/// Renders the layer's number, and keeps what it was asked for.
#[derive(Default)]
struct Layers(Mutex<Vec<Vec<u16>>>);

impl Service for Layers {
    fn call(&self, _caller: Caller, _body: Bytes) -> BoxFuture<Answer> {
        Box::pin(async { Answer::default() })
    }

    fn auth_key(&self, id: AuthKeyId) -> BoxFuture<Option<KeyRecord>> {
        // The layer is told by the key's id.
        let layer = LAYERS[(id.0 % LAYERS.len() as u64) as usize];
        let key = Arc::new(AuthKey::new([1; 256]));
        Box::pin(async move { Some(KeyRecord { key, expires: None, layer, dc: None }) })
    }

    fn store_auth_key(&self, _key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn destroy_auth_key(&self, _id: AuthKeyId) -> BoxFuture<bool> {
        Box::pin(async { false })
    }

    fn render(&self, _entry: Entry, _topic: Topic, layers: Vec<u16>) -> BoxFuture<Vec<Option<Bytes>>> {
        self.0.lock().unwrap().push(layers.clone());
        let body = |layer: u16| Some(Bytes::copy_from_slice(&u32::from(layer).to_le_bytes()));
        Box::pin(async move { layers.into_iter().map(body).collect() })
    }

    fn too_long(&self) -> Bytes {
        Bytes::new()
    }

    fn refusal(&self, _refusal: Refusal) -> Bytes {
        Bytes::new()
    }

    fn session_ended(&self, _key: AuthKeyId, _session: SessionId) {}
}

#[tokio::test]
async fn ten_thousand_sessions_at_five_layers_cost_five_renderings() {
    let service = Arc::new(Layers::default());
    let registry = Registry::new(Arc::clone(&service) as Arc<dyn Service>, Limits::default(), [0; 32]);
    let topic = Topic(7);
    let mut cells = Vec::new();
    for at in 0..SESSIONS {
        let key = registry.key(AuthKeyId(at), mtproto::Time(0)).await.expect("every key is known");
        let cell = registry.session(&key, SessionId(at.cast_signed()));
        registry.listen(&cell, vec![topic]);
        cells.push(cell);
    }
    let counters = Counters::default();
    let publication = Publication { topic, entry: Arc::new(()), skip: None, only: None };
    spread(&registry, &*service, &counters, publication).await;
    assert_eq!(*service.0.lock().unwrap(), [[152, 201, 227, 229, NEWEST]]);
    assert_eq!(counters.renders.load(Ordering::Relaxed), LAYERS.len() as u64);
    assert_eq!(counters.pushes.load(Ordering::Relaxed), SESSIONS);
}
