//! Answers follow the disk. A recorder stands between the server and the C library and writes down the order
//! of its writes, syncs and sends. From that the disk is made again as a power cut would leave it at each
//! moment when an answer left: with what had been synced, and without what had only been written. The server
//! opens on it and must have every message that was acknowledged by then.
//!
//! The model: names, sizes and directories are as they were set, contents as of the file's last sync.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use testkit::{Client, Options};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::{
    people::{Person, pair},
    place::{Place, Server, copy_tree},
    shim,
};

/// Messages of each of the two writers, and how many of them are under way at once.
const MESSAGES: usize = 16;
const IN_FLIGHT: usize = 3;

/// Files by their path below the data directory; a directory has no contents.
type Files = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// One thing that the server did.
#[derive(Clone, Debug)]
enum Event {
    Created(PathBuf),
    MadeDirectory(PathBuf),
    Truncated(PathBuf, u64),
    Written(PathBuf, u64, Vec<u8>),
    SyncBegun(PathBuf),
    Synced(PathBuf),
    Renamed(PathBuf, PathBuf),
    Removed(PathBuf),
    /// Bytes to the client at this port.
    Sent(u16, u64),
}

/// An answer that its client has: the message, and up to which byte of its connection it had to read for that.
#[derive(Clone, Debug)]
struct Ack {
    text: String,
    port: u16,
    offset: u64,
}

/// A server's doings, and what its clients got.
struct Recording {
    place: Place,
    before: Files,
    events: Vec<Event>,
    acks: Vec<Ack>,
    alice: Person,
}

#[tokio::test]
async fn no_answer_leaves_before_its_batch_is_on_the_disk() {
    let recording = record(false).await;
    let written = Disk::replay(&recording).written;
    let real = read_tree(&recording.place.join("data"));
    for (path, bytes) in &real {
        assert!(written.get(path) == Some(bytes), "the recorder missed something of {}", path.display());
    }
    let cuts = cuts(&recording);
    assert!(cuts.len() >= 4, "only {} moments to look at", cuts.len());
    for (cut, acked) in &cuts {
        let missing = missing(&recording, cut, acked).await;
        assert!(missing.is_empty(), "acknowledged and not on the disk: {missing:?}");
    }
    let (_, last) = cuts.last().unwrap();
    assert_eq!(last.len(), 2 * MESSAGES, "every acknowledgement was looked for");
}

#[tokio::test]
async fn a_server_that_answers_before_it_syncs_is_found_out() {
    let recording = record(true).await;
    for (cut, acked) in &cuts(&recording) {
        if !missing(&recording, cut, acked).await.is_empty() {
            return;
        }
    }
    panic!("answers left before the disk had their messages, and nobody noticed");
}

/// Lets two people write to each other while a recorder watches the server.
async fn record(early: bool) -> Recording {
    let place = Place::new("order");
    let server = place.serve();
    let (alice, bob) = pair(&server, 0).await;
    server.stop();
    // A journal is laid out far beyond its end; opened once more, it is cut to what it holds.
    place.serve().stop();
    let data = fs::canonicalize(place.join("data")).unwrap();
    let (before, file) = (read_tree(&data), place.join("record"));
    let recorder = shim::build(&place);
    let server = place.serve_with(|command| {
        shim::under(command, &recorder, &data).env("CHAPPE_RECORD_FILE", &file);
        if early {
            command.env("CHAPPE_RECORD_EARLY", "1");
        }
    });
    let (ours, theirs) = tokio::join!(write(&server, &alice, "alice"), write(&server, &bob, "bob"));
    // A kill between a write and its note would look like something that the recorder missed.
    server.stop();
    let events = read_events(&fs::read(&file).unwrap(), &data);
    Recording { place, before, events, acks: [ours, theirs].concat(), alice }
}

async fn write(server: &Server, who: &Person, name: &str) -> Vec<Ack> {
    let (stream, port, taken) = Counted::connect(server).await;
    let options = Options::new(server.key.clone());
    let mut client = Client::resume_on(stream, who.client.keys().clone(), options).await.unwrap();
    let mut acks = Vec::with_capacity(MESSAGES);
    let mut waiting = VecDeque::new();
    for number in 0..MESSAGES {
        let text = format!("{name} says {number}");
        let random_id = i64::try_from(number).unwrap() + 1;
        waiting.push_back((text.clone(), client.send(&who.message(&text, random_id))));
        if waiting.len() == IN_FLIGHT || number + 1 == MESSAGES {
            client.flush().await.unwrap();
            while waiting.len() > if number + 1 == MESSAGES { 0 } else { IN_FLIGHT - 1 } {
                let (text, request) = waiting.pop_front().unwrap();
                client.wait(request).await.unwrap();
                acks.push(Ack { text, port, offset: taken.load(Ordering::Relaxed) });
            }
        }
    }
    acks
}

/// What the acknowledged messages are searched for in: the disk at each moment when an answer left.
fn cuts(recording: &Recording) -> Vec<(Files, BTreeSet<String>)> {
    let mut disk = Disk::new(recording);
    let (mut sent, mut cuts) = (HashMap::<u16, u64>::new(), Vec::new());
    let (mut acked, mut fresh) = (BTreeSet::new(), false);
    for event in &recording.events {
        if let Event::Sent(port, bytes) = event {
            let before = *sent.entry(*port).or_default();
            *sent.entry(*port).or_default() += bytes;
            let leaves = |ack: &&Ack| ack.port == *port && (before + 1..=before + bytes).contains(&ack.offset);
            for ack in recording.acks.iter().filter(leaves) {
                fresh = true;
                acked.insert(ack.text.clone());
            }
            continue;
        }
        if fresh && matches!(event, Event::Synced(_)) {
            cuts.push((disk.durable.clone(), acked.clone()));
            fresh = false;
        }
        disk.apply(event);
    }
    cuts.push((disk.durable, acked));
    cuts
}

/// Opens the server on a cut disk and looks which acknowledged messages are not there.
async fn missing(recording: &Recording, cut: &Files, acked: &BTreeSet<String>) -> Vec<String> {
    let place = Place::new("order-cut");
    copy_tree(&recording.place.join("keys"), &place.join("keys"));
    write_tree(cut, &place.join("data"));
    let server = place.serve();
    let mut alice = recording.alice.back(&server).await.unwrap();
    let there: Vec<String> = alice.history().await.into_iter().map(|it| it.text).collect();
    let unique: BTreeSet<_> = there.iter().cloned().collect();
    assert_eq!(there.len(), unique.len(), "a message is there twice: {there:?}");
    server.kill();
    acked.difference(&unique).cloned().collect()
}

/// Two pictures of the data directory: as the server sees it, and as the disk has it.
struct Disk {
    written: Files,
    durable: Files,
    syncing: HashMap<PathBuf, VecDeque<Vec<u8>>>,
}

impl Disk {
    fn new(recording: &Recording) -> Self {
        let (written, durable) = (recording.before.clone(), recording.before.clone());
        Self { written, durable, syncing: HashMap::new() }
    }

    fn replay(recording: &Recording) -> Self {
        let mut disk = Self::new(recording);
        recording.events.iter().for_each(|it| disk.apply(it));
        disk
    }

    fn both(&mut self, each: impl Fn(&mut Files)) {
        each(&mut self.written);
        each(&mut self.durable);
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Created(path) => self.both(|it| {
                it.entry(path.clone()).or_insert_with(|| Some(Vec::new()));
            }),
            Event::MadeDirectory(path) => self.both(|it| drop(it.insert(path.clone(), None))),
            Event::Truncated(path, size) => self.both(|it| contents(it, path).resize(*size as usize, 0)),
            Event::Written(path, at, bytes) => put(contents(&mut self.written, path), *at as usize, bytes),
            Event::SyncBegun(path) => {
                if let Some(Some(now)) = self.written.get(path) {
                    self.syncing.entry(path.clone()).or_default().push_back(now.clone());
                }
            }
            Event::Synced(path) => {
                if let Some(then) = self.syncing.get_mut(path).and_then(VecDeque::pop_front) {
                    self.durable.insert(path.clone(), Some(then));
                }
            }
            Event::Renamed(from, to) => self.both(|it| {
                if let Some(file) = it.remove(from) {
                    it.insert(to.clone(), file);
                }
            }),
            Event::Removed(path) => self.both(|it| drop(it.remove(path))),
            Event::Sent(..) => {}
        }
    }
}

fn contents<'a>(files: &'a mut Files, path: &Path) -> &'a mut Vec<u8> {
    files.entry(path.to_owned()).or_default().get_or_insert_with(Vec::new)
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

/// The form is described in `recorder.c`.
fn read_events(mut record: &[u8], data: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    let below = |path: &[u8]| {
        let path = PathBuf::from(String::from_utf8(path.to_vec()).unwrap());
        path.strip_prefix(data).map(Path::to_owned).unwrap_or(path)
    };
    while let Some((head, rest)) = record.split_first_chunk::<17>() {
        let number = u64::from_le_bytes(head[1..9].try_into().unwrap());
        let size = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let (path, rest) = rest.split_at(size(9));
        let (bytes, rest) = if head[0] == b'a' { (&[][..], rest) } else { rest.split_at(size(13)) };
        record = rest;
        let path = below(path);
        events.push(match head[0] {
            b'c' => Event::Created(path),
            b'm' => Event::MadeDirectory(path),
            b't' => Event::Truncated(path, number),
            b'w' => Event::Written(path, number, bytes.to_vec()),
            b'b' => Event::SyncBegun(path),
            b's' => Event::Synced(path),
            b'r' => Event::Renamed(path, below(bytes)),
            b'u' => Event::Removed(path),
            b'a' => Event::Sent(number as u16, size(13) as u64),
            other => panic!("a record of kind {other}"),
        });
    }
    events
}

fn read_tree(root: &Path) -> Files {
    fn read(root: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => {
                    files.insert(name, None);
                    read(root, &path, files);
                }
                kind if kind.is_file() => drop(files.insert(name, Some(fs::read(path).unwrap()))),
                _ => {}
            }
        }
    }
    let mut files = Files::new();
    read(root, root, &mut files);
    files
}

fn write_tree(files: &Files, root: &Path) {
    fs::create_dir_all(root).unwrap();
    for (name, contents) in files {
        match contents {
            None => fs::create_dir_all(root.join(name)).unwrap(),
            Some(bytes) => fs::write(root.join(name), bytes).unwrap(),
        }
    }
}

/// A connection that counts what its client has taken, four bytes at a time: packets are multiples of that,
/// so that nothing of the next one is counted before it is needed.
struct Counted(TcpStream, Arc<AtomicU64>);

impl Counted {
    async fn connect(server: &Server) -> (Box<Self>, u16, Arc<AtomicU64>) {
        let stream = TcpStream::connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (port, taken) = (stream.local_addr().unwrap().port(), Arc::new(AtomicU64::new(0)));
        (Box::new(Self(stream, Arc::clone(&taken))), port, taken)
    }
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut few = into.take(4);
        let polled = Pin::new(&mut self.0).poll_read(cx, &mut few);
        let count = few.filled().len();
        // The bytes are there already: `few` is a window on the same buffer.
        into.initialize_unfilled_to(count);
        into.advance(count);
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
