//! Blobs at a server that speaks S3: an object a piece, `prefix/name/piece`. An object is durable once the server has
//! taken it, so finishing only looks whether all are there.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};

use super::{BlobId, Blobs, Bucket, Error, check_piece, check_ranges, pieces};
use crate::BoxFuture;

/// Objects read at once for one call: a megabyte of a file lies in three of the longest pieces.
const READS_AT_ONCE: usize = 4;

/// How long a failing request is repeated before the caller is told: clients repeat theirs after that.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the server may take for one object.
const REQUEST: Duration = Duration::from_secs(15);

/// Blobs in a bucket. Its futures want tokio's reactor.
pub struct S3 {
    objects: AmazonS3,
    prefix: Path,
}

impl S3 {
    /// Says what the bucket is; nothing is asked of the server yet.
    pub fn new(bucket: &Bucket) -> Result<Self, Error> {
        let retry = RetryConfig { retry_timeout: PATIENCE, ..RetryConfig::default() };
        let options = ClientOptions::new().with_allow_http(true).with_timeout(REQUEST);
        let builder = AmazonS3Builder::new()
            .with_client_options(options)
            .with_retry(retry)
            .with_endpoint(&bucket.endpoint)
            .with_region(&bucket.region)
            .with_bucket_name(&bucket.name)
            .with_access_key_id(&bucket.key_id)
            .with_secret_access_key(&bucket.key)
            .with_virtual_hosted_style_request(false);
        let prefix = Path::parse(&bucket.prefix).map_err(|error| Error::Engine(error.to_string()))?;
        Ok(Self { objects: builder.build().map_err(|error| failed(&error))?, prefix })
    }

    fn folder(&self, blob: BlobId) -> Path {
        self.prefix.clone().join(blob.name())
    }

    fn object(&self, blob: BlobId, piece: u32) -> Path {
        self.folder(blob).join(format!("{piece:04}"))
    }

    /// Ranges of one piece, counted from its beginning: one request from the first byte to the last, since a piece is
    /// short and a request is not.
    async fn read_piece(&self, blob: BlobId, piece: u32, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        let (start, end) = ranges.iter().fold((u64::MAX, 0), |(start, end), it| (start.min(it.start), end.max(it.end)));
        let object = self.object(blob, piece);
        let read = match self.objects.get_range(&object, start..end).await {
            Ok(read) => read,
            Err(object_store::Error::NotFound { .. }) => Bytes::new(),
            Err(error) => match self.objects.head(&object).await {
                Ok(found) if found.size < end => Bytes::new(),
                _ => return Err(failed(&error)),
            },
        };
        let slice = |range: &Range<u64>| {
            let within = (range.start - start) as usize..(range.end - start) as usize;
            (within.end <= read.len()).then(|| read.slice(within))
        };
        Ok(ranges.iter().map(slice).collect::<Option<_>>().unwrap_or_default())
    }

    async fn sizes(&self, blob: BlobId) -> Result<BTreeMap<u32, u64>, Error> {
        let mut found = self.objects.list(Some(&self.folder(blob)));
        let mut sizes = BTreeMap::new();
        while let Some(object) = found.try_next().await.map_err(|error| failed(&error))? {
            if let Some(piece) = object.location.filename().and_then(|it| it.parse().ok()) {
                sizes.insert(piece, object.size);
            }
        }
        Ok(sizes)
    }

    /// The blob that an object belongs to.
    fn owner(&self, object: &Path) -> Option<BlobId> {
        let mut rest = object.prefix_match(&self.prefix)?;
        BlobId::from_name(rest.next()?.as_ref())
    }
}

impl Blobs for S3 {
    fn put_piece(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            check_piece(piece, stride, &bytes)?;
            let put = self.objects.put(&self.object(blob, piece), bytes.into()).await;
            put.map(drop).map_err(|error| failed(&error))
        })
    }

    fn read(&self, blob: BlobId, stride: u64, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>> {
        Box::pin(async move {
            check_ranges(stride, &ranges)?;
            let mut by_piece: BTreeMap<u32, Vec<(usize, Range<u64>)>> = BTreeMap::new();
            for (at, range) in ranges.iter().enumerate() {
                let piece = u32::try_from(range.start / stride).expect("checked: pieces have numbers");
                let begin = u64::from(piece) * stride;
                by_piece.entry(piece).or_default().push((at, range.start - begin..range.end - begin));
            }
            let reads = by_piece.into_iter().map(|(piece, wanted)| async move {
                let (places, within): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
                let read = self.read_piece(blob, piece, &within).await?;
                Ok::<_, Error>(places.into_iter().zip(read).collect::<Vec<_>>())
            });
            let mut answer = vec![Bytes::new(); ranges.len()];
            let mut reads = stream::iter(reads).buffered(READS_AT_ONCE);
            while let Some(read) = reads.try_next().await? {
                read.into_iter().for_each(|(at, bytes)| answer[at] = bytes);
            }
            let Some(at) = answer.iter().position(Bytes::is_empty) else { return Ok(answer) };
            // Either is an error; which of the two is worth a look.
            let cut = Error::Cut { blob, end: ranges[at].end };
            Err(if self.sizes(blob).await?.is_empty() { Error::Missing { blob } } else { cut })
        })
    }

    fn finish(&self, blob: BlobId, stride: u64, size: u64) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let count = pieces(stride, size)?;
            let sizes = self.sizes(blob).await?;
            let whole = |piece: &u32| {
                let expected = stride.min(size - u64::from(*piece) * stride);
                sizes.get(piece).is_some_and(|it| *it >= expected)
            };
            let missing = (0..count).find(|it| !whole(it));
            missing.map_or(Ok(()), |piece| Err(Error::PieceMissing { blob, piece }))
        })
    }

    fn remove(&self, blob: BlobId) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let found = self.objects.list(Some(&self.folder(blob))).map_ok(|it| it.location).boxed();
            let removed = self.objects.delete_stream(found);
            removed.try_for_each(async |_| Ok(())).await.map_err(|error| failed(&error))
        })
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobId>, Error>> {
        Box::pin(async move {
            let mut found: Vec<BlobId> = Vec::new();
            let mut objects = match after {
                // Behind the last of its pieces, whose names are digits.
                Some(blob) => self.objects.list_with_offset(Some(&self.prefix), &self.folder(blob).join("a")),
                None => self.objects.list(Some(&self.prefix)),
            };
            while found.len() < limit
                && let Some(object) = objects.try_next().await.map_err(|error| failed(&error))?
            {
                found.extend(self.owner(&object.location).filter(|it| found.last() != Some(it)));
            }
            Ok(found)
        })
    }
}

fn failed(error: &object_store::Error) -> Error {
    Error::Engine(error.to_string())
}
