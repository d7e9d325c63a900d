//! Every session and key in memory, found by name and by topic.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mtproto::{
    AuthKeyId, SessionId, Time,
    session::{self, Salts, Session},
};
use zeroize::Zeroizing;

use crate::{
    config::Limits,
    following::{Ask, Change},
    hearing::Hearing,
    service::{KeyRecord, Service, Topic, Unavailable},
    session::{Cell, State},
};

/// Followers that are looked through before others may use the registry, for which they wait some 50 µs.
const FOLLOWERS_AT_ONCE: usize = 256;

pub(crate) struct Registry {
    service: Arc<dyn Service>,
    limits: Limits,
    session_config: Arc<session::Config>,
    salt_secret: Arc<Zeroizing<[u8; 32]>>,
    maps: Mutex<Maps>,
}

#[derive(Default)]
struct Maps {
    keys: HashMap<AuthKeyId, Arc<KeyRecord>>,
    /// The first salts of keys agreed lately: clients use them until they have others.
    first_salts: HashMap<AuthKeyId, (i64, Time)>,
    /// The keys of `first_salts`, oldest first.
    first_salt_ages: VecDeque<AuthKeyId>,
    /// Those of one key stand together.
    sessions: BTreeMap<(AuthKeyId, SessionId), Arc<Cell>>,
    hearing: Hearing,
}

impl Registry {
    pub(crate) fn new(service: Arc<dyn Service>, limits: Limits, salt_secret: [u8; 32]) -> Self {
        let session_config = session::Config { limits: session::Limits::DEFAULT, too_long: service.too_long() };
        Self {
            service,
            limits,
            session_config: Arc::new(session_config),
            salt_secret: Arc::new(Zeroizing::new(salt_secret)),
            maps: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Maps> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key, from memory or the service; an expired temporary one is unknown.
    pub(crate) async fn key(&self, id: AuthKeyId, now: Time) -> Option<Arc<KeyRecord>> {
        let cached = self.lock().keys.get(&id).cloned();
        let key = match cached {
            Some(key) => key,
            None => {
                let key = self.service.auth_key(id).await?;
                let mut maps = self.lock();
                if maps.keys.len() >= self.limits.cached_keys {
                    // Keys in use are held by their sessions; the others are read again when needed.
                    maps.keys.retain(|_, key| Arc::strong_count(key) > 1);
                }
                maps.keys.insert(id, Arc::clone(&key));
                key
            }
        };
        key.expires.is_none_or(|at| at > now.secs()).then_some(key)
    }

    pub(crate) fn remember_first_salt(&self, key: AuthKeyId, salt: i64, now: Time) {
        let mut maps = self.lock();
        maps.forget_first_salts(now);
        if maps.first_salts.len() >= self.limits.cached_keys
            && let Some(oldest) = maps.first_salt_ages.pop_front()
        {
            // Its client is told the salt of the hour.
            maps.first_salts.remove(&oldest);
        }
        maps.first_salts.insert(key, (salt, now));
        maps.first_salt_ages.push_back(key);
    }

    /// A session, made if there is none, and no longer without a connection.
    pub(crate) fn session(&self, key: &Arc<KeyRecord>, id: SessionId) -> Arc<Cell> {
        let mut maps = self.lock();
        if let Some(cell) = maps.sessions.get(&(key.id, id)) {
            cell.lock().left = None;
            return Arc::clone(cell);
        }
        let mut salts = Salts::new(Arc::clone(&self.salt_secret), key.id);
        if let Some((salt, agreed)) = maps.first_salts.get(&key.id) {
            salts = salts.with_first(*salt, *agreed);
        }
        let session = Session::new(Arc::clone(&self.session_config), id, salts, rand::random());
        let cell = Arc::new(Cell::new(Arc::clone(key), session));
        maps.sessions.insert((key.id, id), Arc::clone(&cell));
        cell
    }

    /// What a session listens to from now on, and what must be [`Self::learn`]ed before it hears what
    /// its topics follow.
    #[must_use]
    pub(crate) fn listen(&self, cell: &Arc<Cell>, topics: Vec<Topic>) -> Vec<Ask> {
        let hears = |state: &State| *state.topics == *topics && !state.learning;
        if hears(&cell.lock()) {
            return Vec::new();
        }
        let mut maps = self.lock();
        let mut state = cell.lock();
        if hears(&state) || !maps.sessions.contains_key(&(cell.key.id, cell.id)) {
            return Vec::new();
        }
        let old = std::mem::replace(&mut state.topics, topics.into());
        // What stays is not left: its followings would have to be asked again.
        for topic in old.iter().filter(|it| !state.topics.contains(it)) {
            maps.hearing.leave(*topic, cell);
        }
        for topic in state.topics.iter().filter(|it| !old.contains(it)) {
            maps.hearing.enter(*topic, cell, &self.service);
        }
        let asks: Vec<_> = state.topics.iter().filter_map(|it| maps.hearing.asked(*it).cloned()).collect();
        state.learning = !asks.is_empty();
        asks
    }

    /// Waits until it is known what a session's topics follow. When that can't be had, all who wait
    /// listen to nothing, so that the question is forgotten and their next requests ask anew.
    pub(crate) async fn learn(&self, cell: &Arc<Cell>, asks: Vec<Ask>) -> Result<(), Unavailable> {
        for ask in asks {
            let answer = ask.answer().await;
            let mut maps = self.lock();
            match answer {
                Ok(topics) => maps.hearing.learn(&ask, &topics),
                Err(unavailable) => {
                    maps.leave_all(cell);
                    return Err(unavailable);
                }
            }
        }
        Ok(())
    }

    /// A topic follows another, or no longer; nothing when nobody hears it.
    pub(crate) fn change(&self, change: Change) {
        self.lock().hearing.change(change);
    }

    /// Shows the sessions that listen to a topic.
    pub(crate) fn for_listeners(&self, topic: Topic, show: impl FnOnce(&[Arc<Cell>])) {
        show(self.lock().hearing.listeners(topic));
    }

    /// Whether more than so many sessions hear a topic, as far as that can be said without looking at each:
    /// a topic that follows it counts as one.
    pub(crate) fn is_heard_by_more_than(&self, many: usize, topic: Topic) -> bool {
        self.lock().hearing.count(topic) > many as u64
    }

    /// Shows each topic that follows this one, with the sessions that listen to it.
    pub(crate) fn for_followers(&self, what: Topic, mut show: impl FnMut(Topic, &[Arc<Cell>])) {
        let mut after = None;
        loop {
            let maps = self.lock();
            let mut seen = 0;
            for (number, who, cells) in maps.hearing.followers(what, after).take(FOLLOWERS_AT_ONCE) {
                show(who, cells);
                seen += 1;
                after = Some(number);
            }
            if seen < FOLLOWERS_AT_ONCE {
                return;
            }
        }
    }

    /// How often it has changed who hears what: while that stays the same, so does who hears a topic.
    pub(crate) fn changes(&self) -> u64 {
        self.lock().hearing.changes()
    }

    /// Whether anybody hears a topic, listening or following.
    pub(crate) fn is_heard(&self, topic: Topic) -> bool {
        self.lock().hearing.count(topic) > 0
    }

    pub(crate) fn sessions(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Ends one session.
    pub(crate) fn destroy(&self, key: AuthKeyId, id: SessionId) -> bool {
        let Some(cell) = self.remove((key, id)) else { return false };
        self.ended(&cell);
        true
    }

    /// Ends a key's sessions after what is queued for them, and forgets the key.
    pub(crate) fn close_key(&self, key: AuthKeyId) {
        let mut maps = self.lock();
        maps.keys.remove(&key);
        let all = (key, SessionId(i64::MIN))..=(key, SessionId(i64::MAX));
        let names: Vec<_> = maps.sessions.range(all).map(|(name, _)| *name).collect();
        drop(maps);
        for cell in names.into_iter().filter_map(|name| self.remove(name)) {
            cell.push(self.service.too_long());
            if let Some(outlet) = &cell.lock().outlet {
                outlet.close();
            }
            self.ended(&cell);
        }
    }

    /// Forgets sessions that nobody came back to.
    pub(crate) fn sweep(&self, now: Time) {
        let mut maps = self.lock();
        maps.forget_first_salts(now);
        let mut idle: Vec<_> =
            maps.sessions.iter().filter_map(|(name, cell)| Some((cell.lock().left?, *name))).collect();
        drop(maps);
        idle.sort_unstable();
        let surplus = idle.len().saturating_sub(self.limits.idle_sessions);
        for (at, (left, name)) in idle.into_iter().enumerate() {
            if (at < surplus || now.since(left) >= self.limits.session_life)
                && let Some(cell) = self.remove_if(name, |cell| cell.lock().left.is_some())
            {
                self.ended(&cell);
            }
        }
    }

    fn remove(&self, name: (AuthKeyId, SessionId)) -> Option<Arc<Cell>> {
        self.remove_if(name, |_| true)
    }

    fn remove_if(&self, name: (AuthKeyId, SessionId), wanted: impl FnOnce(&Cell) -> bool) -> Option<Arc<Cell>> {
        let mut maps = self.lock();
        maps.sessions.get(&name).filter(|cell| wanted(cell))?;
        let cell = maps.sessions.remove(&name)?;
        maps.leave_all(&cell);
        Some(cell)
    }

    fn ended(&self, cell: &Cell) {
        self.service.session_ended(cell.key.id, cell.id);
    }
}

impl Maps {
    fn forget_first_salts(&mut self, now: Time) {
        while let Some(oldest) = self.first_salt_ages.front() {
            let old = |(_, agreed): &(i64, Time)| now.since(*agreed) >= session::FIRST_SALT_LIFE;
            if !self.first_salts.get(oldest).is_none_or(old) {
                return;
            }
            self.first_salts.remove(oldest);
            self.first_salt_ages.pop_front();
        }
    }

    fn leave_all(&mut self, cell: &Arc<Cell>) {
        let topics = std::mem::take(&mut cell.lock().topics);
        for topic in topics {
            self.hearing.leave(topic, cell);
        }
    }
}
