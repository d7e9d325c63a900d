//! How ids stand in a field.

use super::{Field, Malformed, put_varint, take_varint};
use crate::ids::{
    AuthKeyId, AuthorizationHash, ChannelId, ChatId, LogId, MessageId, MessageUid, Peer, Pts, StickerSetId, UserId,
};

macro_rules! newtype_fields {
    ($($ty:ident),*) => {$(
        impl Field for $ty {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn take(bytes: &[u8]) -> Result<Self, Malformed> {
                Field::take(bytes).map($ty)
            }
            fn is_default(&self) -> bool {
                self.0.is_default()
            }
        }
    )*};
}

newtype_fields!(UserId, ChatId, ChannelId, MessageId, Pts, AuthKeyId, AuthorizationHash, StickerSetId);

impl Field for MessageUid {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(MessageUid).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.0 == [0; 16]
    }
}

impl Field for Peer {
    fn put(&self, out: &mut Vec<u8>) {
        let (kind, id) = self.key_parts();
        out.push(kind);
        put_varint(out, id);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        let (&kind, mut rest) = bytes.split_first().ok_or(Malformed::Short)?;
        Peer::from_key_parts(kind, take_varint(&mut rest)?).ok_or(Malformed::Field)
    }
    fn is_default(&self) -> bool {
        *self == Peer::default()
    }
}

impl Field for LogId {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.number());
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        take_varint(&mut bytes).map(LogId::from_number)
    }
    fn is_default(&self) -> bool {
        *self == LogId::default()
    }
}
