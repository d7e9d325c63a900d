//! The admin socket: a Unix socket in the data directory, mode 0600, one JSON line in, one out, and before it
//! lines that say how far it is.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream, unix::OwnedWriteHalf},
    task::JoinHandle,
};

use super::{
    command::{self, Reply, Request},
    progress::{self, Step},
};
use crate::{
    backup::{self, Lock},
    cli::Failure,
    wiring::Hall,
};

/// Bytes of one request line.
const LINE_MAX: u64 = 64 << 10;

fn path(data: &Path) -> PathBuf {
    data.join("admin.sock")
}

/// What each connection needs.
#[derive(Clone)]
struct Room {
    domain: domain::Domain,
    kv: std::sync::Arc<dyn store::Kv>,
    keys: std::sync::Arc<crate::keys::ServerKeys>,
    files: Option<PathBuf>,
}

/// Listens. A socket left by a server that was killed is replaced; the store's own lock has already
/// made sure that no other server uses this data.
#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
pub fn serve(data: &Path, hall: &Hall) -> Result<JoinHandle<()>, Failure> {
    let path = path(data);
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let (kv, keys, files) = (hall.kv.clone(), hall.keys.clone(), hall.files.clone());
    let room = Room { domain: hall.domain.clone(), kv, keys, files };
    Ok(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let room = room.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(stream, room).await {
                    tracing::debug!(%error, "an admin connection broke");
                }
            });
        }
    }))
}

async fn answer(stream: UnixStream, room: Room) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    tokio::io::AsyncReadExt::take(BufReader::new(read), LINE_MAX).read_line(&mut line).await?;
    let reply = match serde_json::from_str(&line) {
        Ok(request @ Request::Seed { .. }) => told(&mut write, &room.domain, request).await?,
        Ok(Request::Backup { file, recipient, passphrase, with_master_key }) => {
            let lock = Lock { recipient, passphrase };
            match backup::write((&room.kv, room.files), &room.keys, &file, lock, with_master_key).await {
                Ok(held) => Reply::Lines(vec![format!("{held} in {}", file.display())]),
                Err(error) => Reply::Error(error.to_string()),
            }
        }
        Ok(request) => command::run(&room.domain, request, &progress::pair().0).await,
        Err(error) => Reply::Error(format!("not a request: {error}")),
    };
    say(&mut write, &reply).await
}

/// Runs what takes long and says how far it is. Where nobody reads that any more it ends.
async fn told(write: &mut OwnedWriteHalf, domain: &domain::Domain, request: Request) -> io::Result<Reply> {
    let (progress, mut steps) = progress::pair();
    let mut work = std::pin::pin!(command::run(domain, request, &progress));
    loop {
        tokio::select! {
            reply = &mut work => return Ok(reply),
            Ok(()) = steps.changed() => {
                let step = steps.borrow_and_update().clone();
                say(write, &Reply::Step(step)).await?;
            }
        }
    }
}

async fn say(write: &mut OwnedWriteHalf, reply: &Reply) -> io::Result<()> {
    let mut out = serde_json::to_vec(reply).map_err(io::Error::other)?;
    out.push(b'\n');
    write.write_all(&out).await
}

/// Asks the running server, and shows how far it is; `None` where none listens.
pub async fn ask(data: &Path, request: &Request, show: impl Fn(&Step)) -> Result<Option<Reply>, Failure> {
    let Ok(stream) = UnixStream::connect(path(data)).await else { return Ok(None) };
    let (read, mut write) = stream.into_split();
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    write.write_all(&line).await?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Reply::Step(step) => show(&step),
            reply @ (Reply::Lines(_) | Reply::Error(_)) => return Ok(Some(reply)),
        }
    }
    Err("the server has gone; when it is back, ask again".into())
}
