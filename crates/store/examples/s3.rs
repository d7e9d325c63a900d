//! Asks of a bucket at an S3 server what is asked of every engine for blobs; `tests/blobs/run.sh` starts the server.
//! usage: s3 http://ADDRESS BUCKET, an empty bucket that takes the key "key" with the secret "secret"

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test with a command line")]

use std::{future::poll_fn, ops::Range, panic::catch_unwind, process::ExitCode, sync::Arc};

use bytes::Bytes;
use store::{
    BoxFuture,
    blobs::{
        BlobId, Blobs, Bucket, Error,
        conformance::{CASES, STRIDE, read},
        s3::S3,
    },
    conformance::wait,
};
use tokio::runtime::{Handle, Runtime};

/// The engine for callers without a reactor, as the suite's threads are.
struct Entered(S3, Handle);

impl Entered {
    fn enter<'a, T: 'a>(&'a self, mut future: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        Box::pin(poll_fn(move |cx| {
            let _entered = self.1.enter();
            future.as_mut().poll(cx)
        }))
    }
}

impl Blobs for Entered {
    fn put_piece(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> BoxFuture<'_, Result<(), Error>> {
        self.enter(self.0.put_piece(blob, piece, stride, bytes))
    }

    fn read(&self, blob: BlobId, stride: u64, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>> {
        self.enter(self.0.read(blob, stride, ranges))
    }

    fn finish(&self, blob: BlobId, stride: u64, size: u64) -> BoxFuture<'_, Result<(), Error>> {
        self.enter(self.0.finish(blob, stride, size))
    }

    fn remove(&self, blob: BlobId) -> BoxFuture<'_, Result<(), Error>> {
        self.enter(self.0.remove(blob))
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobId>, Error>> {
        self.enter(self.0.list(after, limit))
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (Some(endpoint), Some(name), None) = (words.next(), words.next(), words.next()) else {
        eprintln!("usage: s3 http://ADDRESS BUCKET");
        return ExitCode::FAILURE;
    };
    let runtime = Runtime::new().expect("a reactor");
    let bucket = |prefix: &str, name: &str, endpoint: &str| Bucket {
        endpoint: endpoint.to_owned(),
        region: "us-east-1".into(),
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        key_id: "key".into(),
        key: "secret".into(),
    };
    let open = |bucket: &Bucket| -> Arc<dyn Blobs> {
        Arc::new(Entered(S3::new(bucket).expect("a bucket's description"), runtime.handle().clone()))
    };
    let mut failed = 0;
    for (case, run) in CASES {
        // A new, empty engine each.
        let blobs = open(&bucket(case, &name, &endpoint));
        let holds = catch_unwind(std::panic::AssertUnwindSafe(|| run(&blobs))).is_ok();
        println!("{case} ... {}", if holds { "ok" } else { "FAILED" });
        failed += u32::from(!holds);
    }
    let blob = BlobId(1);
    for wrong in [bucket("", "no-such-bucket", &endpoint), bucket("", &name, "http://127.0.0.1:9")] {
        let blobs = open(&wrong);
        let put = wait(blobs.put_piece(blob, 0, STRIDE, Bytes::from_static(b"x")));
        assert!(matches!(put, Err(Error::Engine(_))), "{wrong:?}: {put:?}");
        println!("{wrong:?}: {}", put.unwrap_err());
    }
    let whole = open(&bucket("", &name, &endpoint));
    assert!(matches!(read(&*whole, blob, 0..1), Err(Error::Missing { .. })));
    println!("{} cases, {failed} failed", CASES.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
