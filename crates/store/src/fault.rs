//! An engine that fails or waits when a test says so, around any other engine.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

use crate::{Batch, BoxFuture, Direction, Error, Key, Kv, Lease, Limits, LocalRead, Range, Row, Snapshot};

/// How a commit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was written.
    Lost,
    /// It was written, but the answer says otherwise.
    Unknown,
}

/// Passes everything on, but for the commits it was told to fail or to hold.
pub struct Faulty<K> {
    kv: K,
    plan: Mutex<Plan>,
    gate: Arc<RwLock<()>>,
}

#[derive(Default)]
struct Plan {
    commits: u64,
    faults: BTreeMap<u64, Fault>,
}

/// Commits wait until it is dropped.
pub struct Held(#[expect(dead_code, reason = "held for its drop")] OwnedRwLockWriteGuard<()>);

impl<K: Kv> Faulty<K> {
    /// Around an engine; nothing fails yet.
    pub fn new(kv: K) -> Self {
        Self { kv, plan: Mutex::default(), gate: Arc::default() }
    }

    /// Fails the `nth` commit from now on, 1 being the next.
    pub fn fail(&self, nth: u64, fault: Fault) {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let at = plan.commits + nth;
        plan.faults.insert(at, fault);
    }

    /// Holds the commits that come after this, once those under way are done.
    pub async fn hold(&self) -> Held {
        Held(Arc::clone(&self.gate).write_owned().await)
    }

    /// The engine inside.
    pub fn inner(&self) -> &K {
        &self.kv
    }

    fn next(&self) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.commits += 1;
        let at = plan.commits;
        plan.faults.remove(&at)
    }
}

impl<K: Kv> Kv for Faulty<K> {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, Error>> {
        self.kv.get(key)
    }

    fn multi_get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>, Error>> {
        self.kv.multi_get(keys)
    }

    fn scan<'a>(
        &'a self,
        range: &'a Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>> {
        self.kv.scan(range, direction, limit)
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), Error>> {
        let fault = self.next();
        Box::pin(async move {
            let _open = self.gate.read().await;
            let failed = || Err(Error::Engine("failed on purpose".into()));
            match fault {
                None => self.kv.commit(batch).await,
                Some(Fault::Lost) => failed(),
                Some(Fault::Unknown) => self.kv.commit(batch).await.and_then(|()| failed()),
            }
        })
    }

    fn lease(&self, group: u16) -> BoxFuture<'_, Result<Lease, Error>> {
        self.kv.lease(group)
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Arc<dyn Snapshot>, Error>> {
        self.kv.snapshot()
    }

    fn limits(&self) -> Limits {
        self.kv.limits()
    }

    fn local(&self) -> Option<&dyn LocalRead> {
        self.kv.local()
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::{
        conformance::{Writer, key, put, wait},
        memory::Memory,
    };

    #[test]
    fn the_named_commits_fail_and_a_retry_of_an_unknown_one_is_a_success() {
        let kv = Faulty::new(Memory::new());
        kv.fail(2, Fault::Lost);
        kv.fail(3, Fault::Unknown);
        let mut writer = Writer::new(&kv);
        writer.write(vec![put(key(1, 1), "a")]).unwrap();
        assert!(writer.write(vec![put(key(1, 2), "lost")]).is_err());
        assert_eq!(wait(kv.get(&key(1, 2))).unwrap(), None);
        assert!(writer.write(vec![put(key(1, 2), "b")]).is_err());
        writer.write(vec![put(key(1, 2), "never")]).unwrap();
        assert_eq!(wait(kv.get(&key(1, 2))).unwrap().as_deref(), Some(&b"b"[..]));
    }

    #[test]
    fn a_held_commit_waits_for_its_release() {
        let kv = Faulty::new(Memory::new());
        let lease = wait(kv.lease(0)).unwrap();
        let held = wait(kv.hold());
        let mut commit = kv.commit(Batch { lease, seq: 1, ops: vec![put(key(1, 1), "a")] });
        let mut context = Context::from_waker(Waker::noop());
        assert!(commit.as_mut().poll(&mut context).is_pending());
        assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), None);
        drop(held);
        assert!(matches!(commit.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
    }
}
