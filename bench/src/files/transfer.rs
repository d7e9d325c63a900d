//! One file on its way: parts of 512 KB, some of them in flight on one connection.

use bytes::Bytes;
use testkit::{Client, Options};
use tl::{Serializable, enums, functions, types};

use super::wire::{Kept, Ready, Wire};
use crate::{Failure, people::Person, process::Server};

/// Bytes of a part: the largest that may be sent, and what clients ask for.
pub(super) const PART: usize = 512 << 10;

/// A file that is stored, as its owner names it.
#[derive(Clone)]
pub(super) struct Stored {
    location: types::InputDocumentFileLocation,
    pub(super) size: u64,
}

/// The parts of every file: made ahead, so that none is made while the clock runs. They differ in their first bytes.
pub(super) struct Source(Vec<u8>);

impl Source {
    pub(super) fn new() -> Self {
        // xorshift64, whose bytes do not compress.
        let (mut state, mut bytes) = (0x9e37_79b9_7f4a_7c15_u64, Vec::with_capacity(PART));
        while bytes.len() < PART {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend(state.to_le_bytes());
        }
        Self(bytes)
    }

    /// The bytes of a part, to be sent in a request.
    fn bytes(&self, file: i64, number: i32) -> Vec<u8> {
        let mut bytes = self.0.clone();
        bytes[..8].copy_from_slice(&file.to_le_bytes());
        bytes[8..12].copy_from_slice(&number.to_le_bytes());
        bytes
    }
}

/// The parts of a file of so many bytes, ready to be sent.
pub(super) fn parts(wire: &mut Wire, source: &Source, file_id: i64, size: u64) -> Result<Ready, Failure> {
    let parts = i32::try_from(size / PART as u64)?;
    let request = |number| {
        let bytes = source.bytes(file_id, number);
        functions::upload::SaveBigFilePart { file_id, file_part: number, file_total_parts: parts, bytes }.to_bytes()
    };
    Ok(wire.ready((0..parts).map(request)))
}

/// Uploads a file and keeps it.
pub(super) async fn store(server: &Server, owner: &mut Person, source: &Source, size: u64) -> Result<Stored, Failure> {
    let (file, mut wire) = (rand::random(), Wire::open(server, owner)?);
    let ready = parts(&mut wire, source, file, size)?;
    tokio::task::block_in_place(|| wire.run(&ready, 4, &mut Kept::default()))?;
    keep(&mut owner.client, file, size).await
}

/// Sends an uploaded file to oneself.
pub(super) async fn keep(client: &mut Client, file: i64, size: u64) -> Result<Stored, Failure> {
    let parts = i32::try_from(size / PART as u64)?;
    let file = types::InputFileBig { id: file, parts, name: "bench.bin".to_owned() }.into();
    let media = types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file,
        thumb: None,
        mime_type: "application/octet-stream".to_owned(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    };
    let peer = enums::InputPeer::PeerSelf;
    let request = functions::messages::UploadMedia { business_connection_id: None, peer, media: media.into() };
    let enums::MessageMedia::Document(it) = client.invoke(&request).await? else { return Err("no document".into()) };
    let Some(enums::Document::Document(it)) = it.document else { return Err("no document".into()) };
    let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference);
    let location = types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size: String::new() };
    Ok(Stored { location, size })
}

/// The request for a range of a file.
pub(super) fn range(stored: &Stored, offset: u64, limit: usize) -> Result<Vec<u8>, Failure> {
    let location = stored.location.clone().into();
    let (offset, limit) = (i64::try_from(offset)?, i32::try_from(limit)?);
    let request = functions::upload::GetFile { precise: true, cdn_supported: false, location, offset, limit };
    Ok(request.to_bytes())
}

/// A whole file, ready to be fetched.
pub(super) fn whole(wire: &mut Wire, stored: &Stored) -> Result<Ready, Failure> {
    let requests: Result<Vec<_>, _> = (0..stored.size).step_by(PART).map(|at| range(stored, at, PART)).collect();
    Ok(wire.ready(requests?.into_iter()))
}

/// Whether these answers, in any order, are all parts of the file of that number.
pub(super) fn check(source: &Source, file: i64, results: &[Bytes]) -> Result<(), Failure> {
    let mut numbers = Vec::with_capacity(results.len());
    for result in results {
        let enums::upload::File::File(it) = tl::decode_object(result)? else { return Err("no file".into()) };
        let number = it.bytes.get(8..12).and_then(|it| it.try_into().ok()).map(i32::from_le_bytes);
        let number = number.ok_or("a part is too short")?;
        if it.bytes != source.bytes(file, number) {
            return Err(format!("part {number} came with other bytes").into());
        }
        numbers.push(number);
    }
    numbers.sort_unstable();
    if numbers.into_iter().eq(0..i32::try_from(results.len())?) { Ok(()) } else { Err("a part is missing".into()) }
}

/// Another connection of a person, as clients open for files.
pub(super) async fn connection(server: &Server, of: &Person) -> Result<Client, Failure> {
    let options = Options::new(server.key.clone());
    Ok(Client::resume(server.address, of.client.keys().clone(), options).await?)
}
