//! Live locations run, are told anew, stop and end.

use super::{
    live::{EditLive, FOR_EVER, is_running},
    *,
};
use crate::messages::search::{Filter, Kinds, Query, hits};

fn walking(period: u32) -> NewLive {
    let (place, heading, proximity) = (Some(place(1.0, 2.0)), Some(90), Some(500));
    NewLive { place, heading, period: Some(period), proximity, stopped: false }
}

fn moved(latitude: f64) -> NewLive {
    NewLive { place: Some(place(latitude, 2.0)), ..NewLive::default() }
}

struct Walk {
    hall: Hall,
    ann: Caller,
    ben: Caller,
}

impl Walk {
    fn new() -> Self {
        let hall = Hall::new();
        let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
        Self { hall, ann, ben }
    }

    fn send(&self, live: NewLive) -> Result<MessageId, Refusal> {
        send(&self.hall, &self.ann, self.ben.user, Media::Live(Box::new(live)))
    }

    fn edit(&self, message: MessageId, live: NewLive) -> Result<(), Refusal> {
        let peer = Peer::User(self.ben.user);
        self.hall.run(EditLive { by: self.ann, peer, message, live }).map(drop)
    }

    /// Latitude, heading, period and radius as the other side sees them, and whether it runs.
    fn seen(&self, id: MessageId) -> (f64, u32, u32, u32, bool) {
        let runs = is_running(&read(&self.hall, self.ben.user, id), self.hall.domain.now().secs());
        let MediaBody::Live { place, heading, period, proximity } = carried(&self.hall, self.ben.user, id) else {
            panic!("a live location")
        };
        (place.latitude, heading, period, proximity, runs)
    }
}

#[test]
fn a_live_location_moves_and_ends_by_itself() {
    let walk = Walk::new();
    let id = walk.send(walking(900)).unwrap();
    assert_eq!(walk.seen(id), (1.0, 90, 900, 500, true));
    walk.hall.pass(600);
    walk.edit(id, moved(1.5)).unwrap();
    assert_eq!(walk.seen(id), (1.5, 0, 900, 500, true));
    assert_eq!(walk.edit(id, moved(1.5)), Err(Refusal::MessageNotModified));
    walk.edit(id, NewLive { period: Some(1800), ..moved(1.6) }).unwrap();
    walk.hall.pass(600);
    assert!(walk.seen(id).4);
    walk.hall.pass(600);
    assert!(!walk.seen(id).4);
    assert_eq!(walk.edit(id, moved(1.7)), Err(Refusal::MessageEditTimeExpired));
}

#[test]
fn its_sender_stops_it_and_it_may_run_for_ever() {
    let walk = Walk::new();
    let id = walk.send(walking(FOR_EVER)).unwrap();
    walk.hall.pass(10 * 24 * 3600);
    walk.edit(id, moved(3.0)).unwrap();
    walk.edit(id, NewLive { stopped: true, ..NewLive::default() }).unwrap();
    assert_eq!(walk.seen(id), (3.0, 0, 10 * 24 * 3600, 0, false));
    assert_eq!(walk.edit(id, moved(4.0)), Err(Refusal::MessageEditTimeExpired));
}

#[test]
fn numbers_that_no_map_has_are_refused() {
    let walk = Walk::new();
    for period in [0, 59, 86_401, FOR_EVER - 1] {
        assert_eq!(walk.send(walking(period)), Err(Refusal::MediaInvalid), "{period}");
    }
    for wrong in [
        NewLive { heading: Some(361), ..walking(60) },
        NewLive { proximity: Some(100_001), ..walking(60) },
        NewLive { place: Some(place(91.0, 0.0)), ..walking(60) },
        NewLive { place: None, ..walking(60) },
        NewLive { stopped: true, ..walking(60) },
    ] {
        assert_eq!(walk.send(wrong), Err(Refusal::MediaInvalid));
    }
    let id = walk.send(walking(900)).unwrap();
    for wrong in [NewLive::default(), NewLive { period: Some(900 + 86_401), ..moved(1.0) }] {
        assert_eq!(walk.edit(id, wrong), Err(Refusal::MediaInvalid));
    }
    let still = send(&walk.hall, &walk.ann, walk.ben.user, Media::Place(place(1.0, 2.0))).unwrap();
    assert_eq!(walk.edit(still, moved(1.0)), Err(Refusal::MediaPrevInvalid));
}

#[test]
fn it_is_found_among_places_and_a_forward_stands_still() {
    let walk = Walk::new();
    let id = walk.send(walking(900)).unwrap();
    let query = |kinds| Query { filter: Filter::Carrying(kinds), ..Query::default() };
    let count = |kinds| walk.hall.ask(|view| hits(view, walk.ben.user.into(), &query(kinds))).unwrap().len();
    assert_eq!((count(Kinds::LIVE), count(Kinds::PLACE)), (1, 1));
    let own = Peer::User(walk.ann.user);
    let kept = forward(&walk.hall, &walk.ann, Peer::User(walk.ben.user), own, id).unwrap();
    assert!(matches!(carried(&walk.hall, walk.ann.user, kept), MediaBody::Place { .. }));
}
