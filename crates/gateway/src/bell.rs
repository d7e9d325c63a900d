//! A bell that one task waits for. A ring that nobody waits for is kept until somebody does.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;

#[derive(Default)]
pub(crate) struct Bell {
    rung: AtomicBool,
    waker: AtomicWaker,
}

/// Waits for a bell. Eight bytes, which each idle connection has; a place in a list of many who wait takes 64.
pub(crate) struct Rung<'a>(&'a Bell);

impl Bell {
    pub(crate) fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Waits until it is rung; one task at a time does.
    pub(crate) fn rung(&self) -> Rung<'_> {
        Rung(self)
    }
}

impl Future for Rung<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Registered first: a ring after the look wakes the task.
        self.0.waker.register(context.waker());
        if self.0.rung.swap(false, Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Who no longer waits need not be woken: the ring is found at the next look.
impl Drop for Rung<'_> {
    fn drop(&mut self) {
        self.0.waker.take();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::{FutureExt, task};

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl task::ArcWake for Woken {
        fn wake_by_ref(it: &Arc<Self>) {
            it.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn rings_are_kept_as_one_and_wake_only_who_waits() {
        let (bell, woken) = (Bell::default(), Arc::new(Woken::default()));
        let waker = task::waker(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let count = || woken.0.load(Ordering::SeqCst);
        bell.ring();
        bell.ring();
        assert_eq!(bell.rung().poll_unpin(&mut context), Poll::Ready(()));
        let mut rung = bell.rung();
        assert_eq!(rung.poll_unpin(&mut context), Poll::Pending, "two rings are one");
        assert_eq!(count(), 0);
        bell.ring();
        assert_eq!((count(), rung.poll_unpin(&mut context)), (1, Poll::Ready(())));
        assert_eq!(bell.rung().poll_unpin(&mut context), Poll::Pending);
        bell.ring();
        assert_eq!(count(), 1, "nobody waits");
        assert_eq!(bell.rung().poll_unpin(&mut context), Poll::Ready(()), "and it is not lost");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_ring_of_another_thread_is_lost() {
        const ROUNDS: usize = 20_000;
        let (there, back) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        let other = tokio::spawn({
            let (there, back) = (Arc::clone(&there), Arc::clone(&back));
            async move {
                for _ in 0..ROUNDS {
                    there.rung().await;
                    back.ring();
                }
            }
        });
        for _ in 0..ROUNDS {
            there.ring();
            tokio::time::timeout(std::time::Duration::from_secs(20), back.rung()).await.expect("it answers each ring");
        }
        other.await.unwrap();
    }
}
