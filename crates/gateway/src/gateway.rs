//! A gateway from start to shutdown, and the handle by which the rest of the server speaks to sessions.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use mtproto::{
    AuthKeyId,
    handshake::{DhPool, Identity},
    transport::{MAX_SECRETS, Secret},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    clock,
    config::{Config, Limits, ServerInfo, StartError},
    fanout,
    flusher::{self, Flusher},
    following::Change,
    freight::{self, Freight},
    listener,
    outlet::Outlets,
    place::Addresses,
    proxy::Trusted,
    registry::Registry,
    service::{Publication, Service, Topic},
    stats::{Counters, Stats},
    tls,
    visitors::Visitors,
};

/// How long connections may take to end when the gateway stops: what is queued for a client that reads
/// leaves at once.
const FAREWELL: Duration = Duration::from_secs(3);

/// Starts gateways.
pub struct Gateway;

/// What every connection shares.
pub(crate) struct Hall {
    pub(crate) service: Arc<dyn Service>,
    pub(crate) registry: Registry,
    pub(crate) counters: Counters,
    pub(crate) limits: Limits,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) trusted: Trusted,
    pub(crate) identity: Arc<Identity>,
    pub(crate) info: ServerInfo,
    pub(crate) dh_pool: Mutex<DhPool>,
    /// Cores that may be busy with key exchanges at once.
    pub(crate) handshake_cores: Semaphore,
    pub(crate) addresses: Addresses,
    pub(crate) visitors: Visitors,
    pub(crate) outlets: Outlets,
    pub(crate) flusher: Flusher,
    pub(crate) freight: Freight,
    pub(crate) at_rest: fn(),
    pub(crate) stopping: watch::Receiver<bool>,
}

/// A running gateway.
pub struct Running {
    hall: Arc<Hall>,
    fanout: fanout::Line,
    addresses: Vec<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// By which the rest of the server speaks to sessions.
#[derive(Clone)]
pub struct Handle {
    hall: Arc<Hall>,
    fanout: fanout::Line,
}

impl Gateway {
    /// Listens on every address, or on none if one of them can't be had.
    pub async fn start(config: Config, service: Arc<dyn Service>) -> Result<Running, StartError> {
        if config.secrets.len() > MAX_SECRETS {
            return Err(StartError::Secrets(config.secrets.len()));
        }
        let mut listeners = Vec::with_capacity(config.listen.len());
        for address in &config.listen {
            let error = |error| StartError::Listen { address: *address, error };
            listeners.push(TcpListener::bind(address).await.map_err(error)?);
        }
        let addresses = listeners.iter().filter_map(|it| it.local_addr().ok()).collect();
        let (stop, stopping) = watch::channel(false);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hall = Arc::new(Hall {
            registry: Registry::new(Arc::clone(&service), config.limits.clone(), config.salt_secret),
            service,
            counters: Counters::default(),
            limits: config.limits,
            secrets: config.secrets,
            tls: config.tls.as_ref().map(tls::acceptor).transpose()?,
            trusted: Trusted::parse(&config.trusted_proxies)?,
            identity: config.identity,
            info: config.info,
            dh_pool: Mutex::new(DhPool::new()),
            handshake_cores: Semaphore::new(cores),
            addresses: Addresses::default(),
            visitors: Visitors::default(),
            outlets: Outlets::default(),
            flusher: Flusher::new(cores),
            freight: Freight::default(),
            at_rest: config.at_rest,
            stopping,
        });
        let (fanout, mut tasks) = fanout::start(&hall).map_err(StartError::Thread)?;
        tasks.extend(flusher::start(&hall).map_err(StartError::Thread)?);
        tasks.extend(freight::start(&hall, cores).map_err(StartError::Thread)?);
        tasks.push(tokio::spawn(sweep(Arc::clone(&hall))));
        tasks.extend(listeners.into_iter().map(|it| tokio::spawn(accept(Arc::clone(&hall), it))));
        Ok(Running { hall, fanout, addresses, stop, tasks })
    }
}

impl Running {
    /// By which the rest of the server speaks to sessions.
    pub fn handle(&self) -> Handle {
        Handle { hall: Arc::clone(&self.hall), fanout: self.fanout.clone() }
    }

    /// Where clients connect.
    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        self.addresses.clone()
    }

    /// Stops listening and closes every connection.
    pub async fn shutdown(self) {
        let _ = self.stop.send(true);
        self.hall.outlets.close_all();
        for task in self.tasks {
            let _ = task.await;
        }
        let gone = async {
            while self.hall.counters.connections_now.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // Who has not gone by then does not read.
        let _ = tokio::time::timeout(FAREWELL, gone).await;
    }
}

impl Handle {
    /// Tells the sessions of a topic; entries of one topic arrive in this order. Never waits.
    pub fn publish(&self, publication: Publication) {
        if self.fanout.has_changes() || self.hall.registry.is_heard(publication.topic) {
            self.fanout.publish(publication);
        }
    }

    /// Whoever listens to `who` also hears what is published to `what` after this. Called when that has been
    /// committed, in the order of the commits; what topics follow when they are first heard is asked
    /// of [`Service::follows`].
    pub fn follow(&self, who: Topic, what: Topic) {
        self.fanout.change(Change { who, what, follows: true });
    }

    /// Ends what [`Self::follow`] began.
    pub fn unfollow(&self, who: Topic, what: Topic) {
        self.fanout.change(Change { who, what, follows: false });
    }

    /// Ends a key's sessions after what is queued for them, and forgets the key.
    pub fn close_key(&self, key: AuthKeyId) {
        self.hall.registry.close_key(key);
    }

    /// Whether any session hears a topic.
    pub fn online(&self, topic: Topic) -> bool {
        self.hall.registry.is_heard(topic)
    }

    /// Counters for `/metrics`.
    pub fn stats(&self) -> Stats {
        let sessions_now = self.hall.registry.sessions() as u64;
        Stats { sessions_now, ..self.hall.counters.read() }
    }
}

impl Hall {
    /// The spare pairs of key exchanges.
    pub(crate) fn dh_pool(&self) -> std::sync::MutexGuard<'_, DhPool> {
        self.dh_pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the gateway stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the gateway is gone, too.
        let _ = stopping.wait_for(|it| *it).await;
    }
}

async fn accept(hall: Arc<Hall>, listener: TcpListener) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => drop(tokio::spawn(listener::serve(Arc::clone(&hall), stream, address))),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Mostly out of descriptors: others must close first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = hall.stopped() => return,
        }
    }
}

async fn sweep(hall: Arc<Hall>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(hall.limits.sweep) => hall.registry.sweep(clock::now()),
            () = hall.stopped() => return,
        }
    }
}
