//! One file on its way: parts of 512 KB, some of them in flight on one connection.

use std::collections::VecDeque;

use testkit::{Client, Options, RequestId};
use tl::{Serializable, enums, functions, types};

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

/// Requests under way on one connection, answered in any order.
struct Window<'a> {
    client: &'a mut Client,
    width: usize,
    waiting: VecDeque<RequestId>,
    /// Bytes of the answers.
    got: u64,
}

impl<'a> Window<'a> {
    fn new(client: &'a mut Client, width: usize) -> Self {
        Self { client, width, waiting: VecDeque::new(), got: 0 }
    }

    async fn ask(&mut self, request: &[u8]) -> Result<(), Failure> {
        if self.waiting.len() == self.width {
            self.answered().await?;
        }
        self.waiting.push_back(self.client.send_raw(request));
        // Each in a message of its own.
        self.client.flush().await?;
        Ok(())
    }

    async fn answered(&mut self) -> Result<(), Failure> {
        if let Some(first) = self.waiting.pop_front() {
            self.got += self.client.wait(first).await?.len() as u64;
        }
        Ok(())
    }

    /// Waits for the rest; bytes of all answers.
    async fn end(mut self) -> Result<u64, Failure> {
        while !self.waiting.is_empty() {
            self.answered().await?;
        }
        Ok(self.got)
    }
}

/// Sends the parts of a file of so many bytes; its number.
pub(super) async fn upload(client: &mut Client, source: &Source, size: u64, width: usize) -> Result<i64, Failure> {
    let file_id = rand::random::<i64>();
    let parts = i32::try_from(size / PART as u64)?;
    let mut window = Window::new(client, width);
    for number in 0..parts {
        let bytes = source.bytes(file_id, number);
        let request = functions::upload::SaveBigFilePart { file_id, file_part: number, file_total_parts: parts, bytes };
        window.ask(&request.to_bytes()).await?;
    }
    window.end().await?;
    Ok(file_id)
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

/// Fetches a whole file.
pub(super) async fn download(client: &mut Client, stored: &Stored, width: usize) -> Result<(), Failure> {
    let mut window = Window::new(client, width);
    for offset in (0..stored.size).step_by(PART) {
        window.ask(&range(stored, offset, PART)?).await?;
    }
    let got = window.end().await?;
    if got < stored.size { Err(format!("{got} of {} bytes came", stored.size).into()) } else { Ok(()) }
}

/// Another connection of a person, as clients open for files.
pub(super) async fn connection(server: &Server, of: &Person) -> Result<Client, Failure> {
    let options = Options::new(server.key.clone());
    Ok(Client::resume(server.address, of.client.keys().clone(), options).await?)
}
