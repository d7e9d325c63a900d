//! Where people's files are kept: a directory, or a bucket at an S3 server.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::files::{Beside, Shelf};
use store::{
    blobs::{Blobs, Bucket, Error, local},
    pool::Pool,
};

use crate::{cli::Failure, config::Config, frames::Ffmpeg};

/// The directory below the data directory.
const FILES: &str = "files";

/// Threads for disks and sealing on a machine with few cores: one may wait for a disk while another seals.
const THREADS_MIN: usize = 2;

/// The same on one with many, so that messages have the rest.
const THREADS_MAX: usize = 8;

/// What is read ahead is read beside what was asked for.
const BESIDE: Beside = Beside { spawn, wait: |time| Box::pin(tokio::time::sleep(time)) };

#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
fn spawn(work: store::BoxFuture<'static, ()>) {
    drop(tokio::spawn(work));
}

/// Whoever has a message goes first.
fn step_back() {
    if let Err(error) = gateway::step_back() {
        tracing::warn!(%error, "files are read and sealed at the priority of messages");
    }
}

/// Opens what is configured.
pub fn open(config: &Config, data: &Path) -> Result<Shelf, Failure> {
    let cores = std::thread::available_parallelism().map_or(THREADS_MIN, usize::from);
    let pool = Arc::new(Pool::start(cores.clamp(THREADS_MIN, THREADS_MAX), step_back)?);
    let blobs: Arc<dyn Blobs> = match &config.s3_endpoint {
        Some(endpoint) => bucket(config, endpoint)?,
        None => {
            let dir = directory(config, data);
            let local = local::Local::open(&dir, local::boot().as_deref(), Arc::clone(&pool));
            Arc::new(local.map_err(|error| format!("{}: {error}", dir.display()))?)
        }
    };
    let frames = Ffmpeg::find(config.ffmpeg.as_ref()).map(|it| Arc::new(it) as _);
    Ok(Shelf::new(blobs, pool, report).with_frames(frames).with_beside(BESIDE))
}

/// Where files lie on this machine.
pub fn directory(config: &Config, data: &Path) -> PathBuf {
    config.files.clone().unwrap_or_else(|| data.join(FILES))
}

/// The directory that a backup takes along; files in a bucket stay there.
pub fn on_this_machine(config: &Config, data: &Path) -> Option<PathBuf> {
    config.s3_endpoint.is_none().then(|| directory(config, data))
}

fn bucket(config: &Config, endpoint: &str) -> Result<Arc<dyn Blobs>, Failure> {
    let needed = |value: Option<&String>, name: &str| {
        value.cloned().ok_or_else(|| format!("s3_endpoint is set and {name} is not: set both or none"))
    };
    distant(Bucket {
        endpoint: endpoint.to_owned(),
        region: config.s3_region.clone(),
        name: needed(config.s3_bucket.as_ref(), "s3_bucket")?,
        prefix: config.s3_prefix.clone(),
        key_id: needed(config.s3_key_id.as_ref(), "s3_key_id")?,
        key: needed(config.s3_key.as_ref().map(|it| &it.0), "s3_key")?,
    })
}

#[cfg(feature = "s3")]
fn distant(bucket: Bucket) -> Result<Arc<dyn Blobs>, Failure> {
    Ok(Arc::new(store::blobs::s3::S3::new(&bucket)?))
}

#[cfg(not(feature = "s3"))]
fn distant(bucket: Bucket) -> Result<Arc<dyn Blobs>, Failure> {
    Err(format!("{bucket:?}: this build is without S3; build it with `--features s3`").into())
}

/// What the operator is told; whoever waited is told to try again.
fn report(error: &Error) {
    tracing::error!(%error, "a file was not read or written");
}
