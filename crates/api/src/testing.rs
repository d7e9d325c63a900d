//! Handlers called as the dispatcher calls them, over a domain in one thread.

pub(crate) mod groups;

use std::sync::{Arc, Mutex};

use domain::{
    Caller, ChannelId, Peer, UserId,
    accounts::keys::KeyState,
    testing::{Hall, ready},
};
use tl::{Deserializable, Identifiable, RemoteCall, Serializable, enums, functions, types};

use crate::{
    CallerInfo, Config, Cx, RpcError,
    dispatch::tables,
    from_message,
    ports::{CodePurpose, CodeTarget, Ports},
};

/// Sends no code, and notes who listens where.
#[derive(Default)]
pub(crate) struct NoPorts {
    pub(crate) heard: Mutex<Vec<(UserId, ChannelId)>>,
}

impl Ports for NoPorts {
    fn send_code(
        &self,
        _to: CodeTarget,
        _code: String,
        _purpose: CodePurpose,
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(async { false })
    }

    fn hear(&self, user: UserId, channel: ChannelId) {
        self.heard.lock().expect("no test panics in it").push((user, channel));
    }
}

/// Calls a method as somebody.
pub(crate) fn call<F>(hall: &Hall, by: Caller, request: &F) -> Result<F::Return, RpcError>
where
    F: RemoteCall + Identifiable + Serializable,
    F::Return: Deserializable,
{
    call_through(hall, by, Arc::default(), request)
}

/// The same with these ways out.
pub(crate) fn call_through<F>(hall: &Hall, by: Caller, ports: Arc<NoPorts>, request: &F) -> Result<F::Return, RpcError>
where
    F: RemoteCall + Identifiable + Serializable,
    F::Return: Deserializable,
{
    let row = tables().flatten().find(|row| row.id == F::CONSTRUCTOR_ID).expect("the method has a handler");
    let answer = ready(async {
        let bytes = from_message::resolve(&hall.domain, Some(by.user), request.to_bytes().into()).await?;
        (row.call)(cx(hall, by, ports), &bytes.into_owned().into()).await
    });
    hall.apply_parcels();
    Ok(F::Return::from_bytes(&answer?).expect("an answer reads as what was promised"))
}

/// The name of the error with which a call is refused.
pub(crate) fn refused<F>(hall: &Hall, by: Caller, request: &F) -> String
where
    F: RemoteCall + Identifiable + Serializable,
    F::Return: Deserializable,
{
    let error = call(hall, by, request).err().expect("a refusal");
    format!("{} {}", error.code, error.name)
}

/// A person as another one's client names it.
pub(crate) fn peer(hall: &Hall, by: Caller, other: Caller) -> enums::InputPeer {
    if by.user == other.user {
        return enums::InputPeer::PeerSelf;
    }
    let access_hash = hall.domain.world().access_hash(by.user, Peer::User(other.user));
    types::InputPeerUser { user_id: crate::render::user::id(other.user), access_hash }.into()
}

/// A channel as somebody's client names it.
pub(crate) fn channel_peer(hall: &Hall, by: Caller, channel_id: i64) -> enums::InputPeer {
    let channel = ChannelId(u64::try_from(channel_id).expect("an id"));
    let access_hash = hall.domain.world().access_hash(by.user, Peer::Channel(channel));
    types::InputPeerChannel { channel_id, access_hash }.into()
}

/// What a message answers, in the thread that begins with `top`, if that is named.
pub(crate) fn answering(reply_to_msg_id: i32, top_msg_id: Option<i32>) -> enums::InputReplyTo {
    types::InputReplyToMessage {
        reply_to_msg_id,
        top_msg_id,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    }
    .into()
}

/// What asks for the newest message of a chat.
pub(crate) fn newest_in(peer: enums::InputPeer) -> functions::messages::GetHistory {
    let (offset_id, offset_date, add_offset) = (0, 0, 0);
    functions::messages::GetHistory {
        peer,
        offset_id,
        offset_date,
        add_offset,
        limit: 1,
        max_id: 0,
        min_id: 0,
        hash: 0,
    }
}

/// A text to be sent.
pub(crate) fn text(peer: &enums::InputPeer, text: &str, random_id: i64) -> functions::messages::SendMessage {
    without_flags(&[&peer.to_bytes(), &text.to_owned().to_bytes(), &random_id.to_bytes()])
}

/// Messages to be forwarded.
pub(crate) fn forward(
    from: &enums::InputPeer,
    to: &enums::InputPeer,
    id: i32,
    random_id: i64,
) -> functions::messages::ForwardMessages {
    without_flags(&[&from.to_bytes(), &vec![id].to_bytes(), &vec![random_id].to_bytes(), &to.to_bytes()])
}

/// A request with its required parts alone.
fn without_flags<F: RemoteCall + Deserializable + Identifiable>(parts: &[&[u8]]) -> F {
    let head = [F::CONSTRUCTOR_ID.to_bytes(), 0_u32.to_bytes()].concat();
    let bytes = [&head[..], &parts.concat()].concat();
    tl::decode_request(&bytes).expect("these are the request's parts")
}

fn cx(hall: &Hall, by: Caller, ports: Arc<NoPorts>) -> Cx {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 8443));
    Cx {
        domain: hall.domain.clone(),
        config: Arc::new(Config::default()),
        ports,
        info: CallerInfo {
            auth_key: by.origin.key,
            session: by.origin.session,
            msg_id: 1,
            address,
            local: address,
            dc: Some(2),
            layer: None,
        },
        state: KeyState {
            permanent: by.origin.key,
            user: Some(by.user),
            authorization: by.authorization,
            ..KeyState::default()
        },
        init: None,
        layer: tl::Layer::NEWEST,
    }
}
