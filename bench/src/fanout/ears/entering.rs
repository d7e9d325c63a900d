//! People sign in, each with a key of its own, many at once.

use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crypto::rsa::PublicKey;
use testkit::{Client, Options, people};
use tl::{enums, functions, types};

use super::session::{Known, announced};
use crate::{Failure, fanout::chappe::dialogs};

/// Key exchanges under way: the server takes 64 of one address.
const AT_ONCE: usize = 32;

/// After how many it is told how far it is.
const TELL: usize = 1000;

/// Signs in seeded people, in their order, each with a client of one of these layers in turn.
pub(super) async fn enter(
    address: SocketAddr,
    pem: &Path,
    people: Vec<u32>,
    layers: &[i32],
) -> Result<Vec<Arc<Known>>, Failure> {
    let key = Arc::new(PublicKey::from_pem(&std::fs::read_to_string(pem)?)?);
    let people: Vec<_> = people.into_iter().zip(layers.iter().copied().cycle()).collect();
    let (next, people) = (Arc::new(AtomicUsize::new(0)), Arc::new(people));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (key, next, people) = (Arc::clone(&key), Arc::clone(&next), Arc::clone(&people));
        workers.spawn(async move {
            let mut known = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((person, layer)) = people.get(at) else { return Ok::<_, Failure>(known) };
                known.push((at, Arc::new(one(address, &key, *person, *layer).await?)));
                if at.is_multiple_of(TELL) {
                    tell(at, people.len());
                }
            }
        });
    }
    let mut all = Vec::with_capacity(people.len());
    while let Some(known) = workers.join_next().await {
        all.extend(known??);
    }
    tell(people.len(), people.len());
    all.sort_unstable_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, known)| known).collect())
}

async fn one(address: SocketAddr, key: &Arc<PublicKey>, person: u32, layer: i32) -> Result<Known, Failure> {
    let mut client = Client::connect(address, Options::new(Arc::clone(key))).await?;
    people::enter(&mut client, &format!("999662{person:04}"), "Ear").await?;
    let enums::updates::State::State(state) = client.invoke(&functions::updates::GetState {}).await?;
    let channels = channels(&mut client).await?;
    // A client says the same of itself each time it comes: nothing new is to be written then.
    client.invoke_raw(&announced(layer)).await?;
    Ok(Known { key: client.keys().permanent.clone(), state, channels })
}

/// Everything that somebody is in, as far as one page of its dialogs shows it.
async fn channels(client: &mut Client) -> Result<Vec<types::InputChannel>, Failure> {
    let chats = dialogs(client).await?;
    let named = chats.iter().filter_map(|it| match it {
        enums::Chat::Channel(it) => Some(types::InputChannel { channel_id: it.id, access_hash: it.access_hash? }),
        _ => None,
    });
    Ok(named.collect())
}

/// On one line of a terminal, over and over.
fn tell(done: usize, of: usize) {
    let mut error = std::io::stderr();
    if error.is_terminal() {
        let end = if done == of { "\r\x1b[K" } else { "" };
        let _ = write!(error, "\r{done} of {of} people have signed in{end}");
    }
}
