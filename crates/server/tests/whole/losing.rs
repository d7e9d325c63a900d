//! Nothing lost: the server is killed again and again while people write. Every acknowledged message is
//! there, each once, in both chats; `pts` has no gap; what was pushed is what a difference tells.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use crate::{
    people::{Message, Person, news, pair},
    place::{Place, Server},
};

/// Kills, unless CHAPPE_KILL_ROUNDS says otherwise: `make kill` has a hundred.
const ROUNDS: u64 = 5;

/// Pairs of people, and messages that each has under way.
const PAIRS: usize = 2;
const IN_FLIGHT: usize = 8;

/// Messages acknowledged before a kill that are sent again after it, under the same `random_id`.
const REPEATED: usize = 2;

/// How long a parcel may be on its way once the server runs again.
const DELIVERY: Duration = Duration::from_secs(60);

/// Somebody who writes, and what must hold.
struct Writer {
    person: Person,
    number: u64,
    /// Texts by `random_id`: acknowledged, and sent without an answer.
    acked: BTreeMap<i64, String>,
    open: BTreeMap<i64, String>,
    /// Where its log stood when the round began.
    pts: i32,
    pushed: Vec<(i32, Message)>,
}

#[tokio::test]
async fn a_hundred_kills_lose_nothing() {
    kill_again_and_again("join").await;
}

#[tokio::test]
async fn a_hundred_kills_lose_nothing_on_its_way_through_the_outbox() {
    kill_again_and_again("outbox").await;
}

async fn kill_again_and_again(deliveries: &str) {
    let rounds = std::env::var("CHAPPE_KILL_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(ROUNDS);
    let place = Place::new("kill");
    let serve = || {
        place.serve_with(|command| {
            command.env("CHAPPE_DELIVERIES", deliveries).env("CHAPPE_LOG", "warn");
        })
    };
    let server = serve();
    let mut writers = Vec::new();
    for at in 0..PAIRS {
        let (one, two) = pair(&server, at).await;
        writers.extend([one, two].map(Writer::new));
    }
    server.kill();
    let mut server = serve();
    settle(&mut writers, &server).await;
    let mut pushed = 0;
    for round in 1..=rounds {
        for writer in &mut writers {
            writer.pushed.clear();
            writer.pts = writer.person.pts().await;
        }
        let running: Vec<_> = writers.into_iter().map(|it| tokio::spawn(it.write(round))).collect();
        tokio::time::sleep(moment(round)).await;
        server.kill();
        writers = Vec::new();
        for writer in running {
            writers.push(writer.await.unwrap());
        }
        server = serve();
        settle(&mut writers, &server).await;
        for writer in &mut writers {
            pushed += writer.pushed.len();
            writer.compare().await;
        }
        if round % 10 == 0 || round == rounds {
            agree(&mut writers, &server).await;
        }
    }
    assert!(pushed > 0, "somebody was told of a message at once");
    let sent: usize = writers.iter().map(|it| it.acked.len()).sum();
    println!("{rounds} kills, {sent} messages acknowledged, {pushed} pushes compared, deliveries by {deliveries}");
    assert!(sent as u64 > rounds * 4, "only {sent} messages in {rounds} rounds");
}

/// When a round is killed: from a seed, so that a failure comes again.
fn moment(round: u64) -> Duration {
    let mixed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    Duration::from_millis(100 + (mixed >> 40) % 500)
}

/// Everybody comes back and sends again what has no answer yet, and the last of what has one.
async fn settle(writers: &mut [Writer], server: &Server) {
    for writer in writers {
        writer.person = writer.person.back(server).await.unwrap();
        let open = std::mem::take(&mut writer.open);
        let repeated = writer.acked.iter().rev().take(REPEATED).map(|(id, text)| (*id, text.clone()));
        for (random_id, text) in repeated.collect::<Vec<_>>().into_iter().chain(open) {
            let request = writer.person.message(&text, random_id);
            writer.person.client.invoke(&request).await.unwrap();
            writer.acked.insert(random_id, text);
        }
    }
}

impl Writer {
    fn new(person: Person) -> Self {
        let number = person.phone.parse().unwrap();
        let (acked, open, pushed) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { person, number, acked, open, pts: 0, pushed }
    }

    /// Writes until the server is gone.
    async fn write(mut self, round: u64) -> Self {
        let mut waiting = VecDeque::new();
        for at in 0.. {
            let random_id = i64::try_from(round * 1_000_000 + at).unwrap();
            let text = format!("{} {round} {at}", self.number);
            let request = self.person.message(&text, random_id);
            waiting.push_back((random_id, self.person.client.send(&request)));
            self.open.insert(random_id, text);
            if self.person.client.flush().await.is_err() {
                break;
            }
            if waiting.len() < IN_FLIGHT {
                continue;
            }
            let (random_id, request) = waiting.pop_front().unwrap();
            match self.person.client.wait(request).await {
                Ok(_) => drop(self.open.remove(&random_id).map(|text| self.acked.insert(random_id, text))),
                Err(testkit::Error::Rpc { code, name }) => panic!("{code} {name}"),
                Err(_) => break,
            }
        }
        for update in self.person.client.updates_so_far() {
            // What came before the round began belongs to the one before.
            let news = news(&tl::decode_object(&update).unwrap());
            self.pushed.extend(news.into_iter().filter(|(pts, _)| *pts > self.pts));
        }
        self
    }

    /// The log since the round began: as long as `pts` says, with what was pushed where it was pushed.
    async fn compare(&mut self) {
        let (told, pts) = self.person.difference(self.pts).await;
        assert_eq!(pts - self.pts, told.len() as i32, "one number a message, and none left out");
        for (pts, pushed) in &self.pushed {
            let at = usize::try_from(pts - self.pts - 1).unwrap();
            assert_eq!(told.get(at), Some(pushed), "pushed with pts {pts}, {} before", self.pts);
        }
        let texts: BTreeSet<_> = told.iter().map(|it| &it.text).collect();
        assert_eq!(texts.len(), told.len(), "a message is in the log once");
    }
}

/// Both sides of each chat hold the same messages, all that were acknowledged, each once.
async fn agree(writers: &mut [Writer], server: &Server) {
    delivered(server).await;
    for pair in writers.chunks_mut(2) {
        let acked: BTreeSet<String> = pair.iter().flat_map(|it| it.acked.values().cloned()).collect();
        for writer in pair.iter_mut() {
            let there: Vec<_> = writer.person.history().await.into_iter().map(|it| it.text).collect();
            let unique: BTreeSet<_> = there.iter().cloned().collect();
            assert_eq!(there.len(), unique.len(), "a message is there twice");
            let differ: Vec<_> = acked.symmetric_difference(&unique).take(5).collect();
            assert!(differ.is_empty(), "{}: the chat differs from what was acknowledged: {differ:?}", writer.number);
        }
    }
}

/// Waits until no parcel is on its way; two looks, since the gauge is of the last round.
async fn delivered(server: &Server) {
    let (until, mut empty) = (std::time::Instant::now() + DELIVERY, 0);
    while empty < 2 {
        assert!(std::time::Instant::now() < until, "parcels lie in the outbox");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (_, metrics) = server.page("/metrics");
        empty = if metrics.lines().any(|it| it == "chappe_outbox_parcels 0") { empty + 1 } else { 0 };
    }
}
