//! The RPC layer and the pages as the sockets see them, over the API and the domain: a small wrapper, because
//! they are siblings that don't know each other.

use std::sync::Arc;

use api::{Api, CallerInfo};
use bytes::Bytes;
use domain::{
    AuthKeyId, Domain,
    accounts::keys,
    files::{self, Stored, links},
    updates::Event,
};
use gateway::service::{
    Answer, BoxFuture, Caller, Content, Entry, File, KeyRecord, NewAuthKey, NoFile, Page, PageAsk, Refusal, Service,
    Topic, Unavailable,
};
use mtproto::SessionId;
use pages::Pages;
use tl::Serializable;

use crate::vitals::Vitals;

/// The service of this server.
pub struct Rpc {
    api: Arc<Api>,
    domain: Domain,
    vitals: Arc<Vitals>,
    /// `None`: nothing is shown to strangers.
    pages: Option<Arc<Pages>>,
}

impl Rpc {
    pub fn new(api: Arc<Api>, domain: Domain, vitals: Arc<Vitals>, pages: Option<Pages>) -> Self {
        Self { api, domain, vitals, pages: pages.map(Arc::new) }
    }
}

impl Service for Rpc {
    fn call(&self, caller: Caller, body: Bytes) -> BoxFuture<Answer> {
        let api = Arc::clone(&self.api);
        Box::pin(async move {
            let reply = api.call(info(&caller), body).await;
            let topics = reply.topics.map(|all| all.into_iter().map(Topic).collect());
            Answer { body: reply.body, layer: reply.layer, topics, close: Vec::new() }
        })
    }

    fn auth_key(&self, id: mtproto::AuthKeyId) -> BoxFuture<Option<Arc<KeyRecord>>> {
        let domain = self.domain.clone();
        Box::pin(async move {
            let material = domain.query(|view| keys::material(view, AuthKeyId(id.0))).await;
            let material =
                material.inspect_err(|error| tracing::error!(?error, "an auth key does not read")).ok()??;
            Some(Arc::new(KeyRecord {
                id,
                key: crypto::AuthKey::new(material.bytes),
                expires: material.expires,
                layer: material.layer,
                dc: material.dc,
            }))
        })
    }

    fn store_auth_key(&self, key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>> {
        let domain = self.domain.clone();
        Box::pin(async move {
            let command = keys::StoreAuthKey {
                id: AuthKeyId(key.id.0),
                bytes: zeroize::Zeroizing::new(*key.key.as_bytes()),
                expires_in: key.expires_in,
                dc: key.dc,
            };
            domain.command(command).await.map_err(|_| Unavailable)
        })
    }

    fn destroy_auth_key(&self, id: mtproto::AuthKeyId) -> BoxFuture<bool> {
        let domain = self.domain.clone();
        Box::pin(async move { domain.command(keys::DestroyAuthKey { id: AuthKeyId(id.0) }).await.unwrap_or(false) })
    }

    fn render(&self, entry: Entry, topic: Topic, layers: Vec<Option<u16>>) -> BoxFuture<Vec<Option<Bytes>>> {
        let api = Arc::clone(&self.api);
        Box::pin(async move {
            match entry.downcast_ref::<Event>() {
                Some(event) => api.render(event, topic.0, &layers).await,
                None => vec![None; layers.len()],
            }
        })
    }

    fn answers_long(&self, body: &[u8]) -> bool {
        api::upload::answers_long(body)
    }

    fn follows(&self, topic: Topic) -> BoxFuture<Result<Vec<Topic>, Unavailable>> {
        let domain = self.domain.clone();
        Box::pin(async move {
            let follows = api::push::follows(&domain, topic.0).await;
            let follows = follows.inspect_err(|error| tracing::error!(?error, "what a topic follows does not read"));
            follows.map(|all| all.into_iter().map(Topic).collect()).map_err(|_| Unavailable)
        })
    }

    fn too_long(&self) -> Bytes {
        tl::enums::Updates::TooLong.to_bytes().into()
    }

    fn refusal(&self, refusal: Refusal) -> Bytes {
        let error = match refusal {
            Refusal::Internal => api::RpcError::new(500, "INTERNAL"),
        };
        error.to_bytes()
    }

    fn page(&self, ask: PageAsk) -> BoxFuture<Option<Page>> {
        let (domain, pages) = (self.domain.clone(), self.pages.clone());
        Box::pin(async move {
            let ask = pages::Ask { path: &ask.path, query: &ask.query, origin: &ask.origin };
            let page = pages?.answer(&domain, ask).await?;
            let pages::Page { status, kind, keep, etag, location, body } = page;
            Some(Page { status, kind, keep, etag, location, body })
        })
    }

    fn file(&self, link: String) -> BoxFuture<Result<File, NoFile>> {
        let domain = self.domain.clone();
        Box::pin(async move {
            let found = links::follow(&domain, &link).await.map_err(|it| match it {
                links::NoFile::Unread => NoFile::Unread,
                links::NoFile::Gone => NoFile::Gone,
                links::NoFile::Unavailable => NoFile::Unavailable,
            })?;
            let links::Linked { stored, kind, is_shown, name } = found;
            // Bytes of a file never change.
            let (size, etag) = (stored.size, format!("\"{:016x}\"", stored.id).into());
            Ok(File { size, kind, is_shown, name, etag, content: Arc::new(Followed { domain, stored }) })
        })
    }

    fn is_healthy(&self) -> bool {
        self.vitals.trouble().is_none()
    }

    fn session_ended(&self, key: mtproto::AuthKeyId, session: SessionId) {
        tracing::trace!(key = key.0, session = session.0, "session ended");
    }
}

/// The bytes of a file that a link led to.
struct Followed {
    domain: Domain,
    stored: Stored,
}

impl Content for Followed {
    fn read(&self, from: u64, len: u64) -> BoxFuture<Option<Bytes>> {
        let (domain, stored) = (self.domain.clone(), self.stored.clone());
        Box::pin(async move { files::read(&domain, &stored, from, len).await.ok().map(Bytes::from) })
    }
}

fn info(caller: &Caller) -> CallerInfo {
    CallerInfo {
        auth_key: AuthKeyId(caller.auth_key.0),
        session: caller.session.0,
        msg_id: caller.msg_id.0,
        address: caller.address,
        local: caller.local,
        dc: caller.dc,
        layer: caller.layer,
    }
}
