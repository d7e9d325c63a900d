//! Who has signed in, in a file: so that the next run over the same store need not sign everybody in again.

use std::{path::Path, sync::Arc};

use crypto::AuthKey;
use mtproto::handshake::ClientKey;
use tl::types;

use super::session::Known;
use crate::Failure;

/// Bytes of a key.
const KEY: usize = 256;

pub(super) fn write(path: &Path, all: &[Arc<Known>]) -> Result<(), Failure> {
    let mut out = Vec::new();
    for it in all {
        out.extend_from_slice(it.key.auth_key.as_bytes());
        out.extend_from_slice(&it.key.server_salt.to_le_bytes());
        for number in [it.state.pts, it.state.qts, it.state.date, it.state.seq] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&u32::try_from(it.channels.len())?.to_le_bytes());
        for channel in &it.channels {
            out.extend_from_slice(&channel.channel_id.to_le_bytes());
            out.extend_from_slice(&channel.access_hash.to_le_bytes());
        }
    }
    Ok(std::fs::write(path, out)?)
}

pub(super) fn read(path: &Path) -> Result<Vec<Arc<Known>>, Failure> {
    let bytes = std::fs::read(path)?;
    let (mut rest, mut all) = (bytes.as_slice(), Vec::new());
    while !rest.is_empty() {
        all.push(Arc::new(one(&mut rest).ok_or("the file of who has signed in is cut short")?));
    }
    Ok(all)
}

fn one(rest: &mut &[u8]) -> Option<Known> {
    let auth_key = Arc::new(AuthKey::new(take::<KEY>(rest)?));
    let key = ClientKey { auth_key, server_salt: i64::from_le_bytes(take(rest)?), server_time: 0 };
    let mut number = || Some(i32::from_le_bytes(take(rest)?));
    let state =
        types::updates::State { pts: number()?, qts: number()?, date: number()?, seq: number()?, unread_count: 0 };
    let mut channels = Vec::new();
    for _ in 0..number()? {
        let (channel_id, access_hash) = (i64::from_le_bytes(take(rest)?), i64::from_le_bytes(take(rest)?));
        channels.push(types::InputChannel { channel_id, access_hash });
    }
    Some(Known { key, state, channels })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_written_is_read_again_and_a_cut_file_is_refused() {
        let path = std::env::temp_dir().join(format!("chappe-bench-kept-{}", std::process::id()));
        let state = types::updates::State { pts: 5, qts: 0, date: 7, seq: 1, unread_count: 0 };
        let channels = vec![types::InputChannel { channel_id: 9, access_hash: -3 }];
        let key = ClientKey { auth_key: Arc::new(AuthKey::new([3; KEY])), server_salt: -8, server_time: 0 };
        write(&path, &[Arc::new(Known { key, state: state.clone(), channels: channels.clone() })])
            .expect("it is written");
        let read_again = read(&path).expect("it is read");
        assert_eq!((read_again.len(), &read_again[0].state, &read_again[0].channels), (1, &state, &channels));
        assert_eq!((read_again[0].key.server_salt, read_again[0].key.auth_key.as_bytes()), (-8, &[3; KEY]));
        let bytes = std::fs::read(&path).expect("it is there");
        std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("it is written");
        assert!(read(&path).is_err());
        std::fs::remove_file(&path).expect("it is there");
    }
}
