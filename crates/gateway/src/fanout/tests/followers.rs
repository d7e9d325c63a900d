//! Sessions that hear a topic because what they listen to follows it.

use tokio::task::yield_now;

use super::*;

const ANNA: Topic = Topic(1);
const BORIS: Topic = Topic(2);
const GROUP: Topic = Topic(100);
const OTHER: Topic = Topic(101);

/// A rig whose service knows that.
fn following(all: &[(Topic, &[Topic])]) -> Rig {
    let rig = rig();
    *rig.service.follows.lock().unwrap() = all.iter().map(|(who, what)| (*who, what.to_vec())).collect();
    rig
}

/// A rig whose service lets nothing be known before it is let go.
fn holding(all: &[(Topic, &[Topic])]) -> (Rig, Arc<Semaphore>) {
    let held = Arc::new(Semaphore::new(0));
    let rig = rig_of(Layers { held: Some(Arc::clone(&held)), ..Layers::default() });
    *rig.service.follows.lock().unwrap() = all.iter().map(|(who, what)| (*who, what.to_vec())).collect();
    (rig, held)
}

/// A session begins to listen; the task ends when its request may be answered.
async fn begin(rig: &Rig, cell: &Arc<Cell>, topic: Topic) -> JoinHandle<Result<(), Unavailable>> {
    let asks = rig.registry.listen(cell, vec![topic]);
    let (registry, cell) = (Arc::clone(&rig.registry), Arc::clone(cell));
    let task = tokio::spawn(async move { registry.learn(&cell, asks).await });
    yield_now().await;
    task
}

#[tokio::test]
async fn ten_thousand_followers_at_five_layers_cost_one_rendering() {
    let rig = rig();
    let mailbox = |at| Topic(1000 + at);
    let all = (0..SESSIONS).map(|at| (mailbox(at), vec![OTHER, GROUP]));
    rig.service.follows.lock().unwrap().extend(all);
    for at in 0..SESSIONS {
        rig.listener(at, mailbox(at)).await;
    }
    rig.spread(publication(GROUP)).await;
    assert_eq!(*rig.service.rendered.lock().unwrap(), [(GROUP, LAYERS.to_vec())]);
    assert_eq!(rig.counters.deliveries.load(Ordering::Relaxed), SESSIONS);
}

#[tokio::test]
async fn whoever_listens_to_a_mailbox_hears_what_it_follows_and_nothing_else() {
    let rig = following(&[(ANNA, &[GROUP]), (BORIS, &[OTHER])]);
    let (phone, desktop) = (rig.listener(1, ANNA).await, rig.listener(2, ANNA).await);
    let boris = rig.listener(3, BORIS).await;
    let viewer = rig.listener(4, GROUP).await;
    rig.spread(publication(GROUP)).await;
    assert_eq!([&phone, &desktop, &viewer].map(|it| told(it)), [[GROUP], [GROUP], [GROUP]]);
    assert!(told(&boris).is_empty());
    assert_eq!(*rig.service.asked.lock().unwrap(), [ANNA, BORIS, GROUP], "each once, not for each session");
}

#[tokio::test]
async fn what_a_mailbox_follows_changes_while_it_is_heard() {
    let rig = rig();
    let anna = rig.listener(1, ANNA).await;
    rig.change(ANNA, GROUP, true);
    rig.change(ANNA, GROUP, true);
    rig.spread(publication(GROUP)).await;
    assert_eq!(told(&anna), [GROUP]);
    rig.change(ANNA, GROUP, false);
    assert!(!rig.registry.is_heard(GROUP));
    rig.spread(publication(GROUP)).await;
    assert!(told(&anna).is_empty());
}

#[tokio::test]
async fn a_change_while_the_service_is_asked_wins_over_its_answer() {
    let (rig, held) = holding(&[(ANNA, &[GROUP])]);
    let anna = rig.cell(1).await;
    let answered = begin(&rig, &anna, ANNA).await;
    rig.change(ANNA, GROUP, false);
    rig.change(ANNA, OTHER, false);
    rig.change(ANNA, OTHER, true);
    rig.change(ANNA, BORIS, true);
    rig.change(ANNA, BORIS, false);
    held.add_permits(1);
    answered.await.unwrap().unwrap();
    rig.spread(publication(GROUP)).await;
    assert!(told(&anna).is_empty());
    rig.spread(publication(OTHER)).await;
    assert_eq!(told(&anna), [OTHER]);
    assert!(!rig.registry.is_heard(BORIS));
}

#[tokio::test]
async fn requests_that_come_while_the_service_is_asked_wait_for_the_same_answer() {
    let (rig, held) = holding(&[(ANNA, &[GROUP])]);
    let (phone, desktop) = (rig.cell(1).await, rig.cell(2).await);
    let tasks = [
        begin(&rig, &phone, ANNA).await,
        begin(&rig, &desktop, ANNA).await,
        // The same session's next request.
        begin(&rig, &phone, ANNA).await,
    ];
    assert!(tasks.iter().all(|it| !it.is_finished()));
    held.add_permits(1);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!(rig.registry.listen(&phone, vec![ANNA]).is_empty(), "nothing is left to wait for");
    rig.spread(publication(GROUP)).await;
    assert_eq!([told(&phone), told(&desktop)], [[GROUP], [GROUP]]);
    assert_eq!(*rig.service.asked.lock().unwrap(), [ANNA]);
}

#[tokio::test]
async fn whoever_is_told_separately_is_left_out() {
    let rig = following(&[(ANNA, &[GROUP]), (BORIS, &[GROUP])]);
    let (anna, boris) = (rig.listener(1, ANNA).await, rig.listener(2, BORIS).await);
    rig.spread(Publication { except: vec![OTHER, ANNA], ..publication(GROUP) }).await;
    assert_eq!((told(&anna), told(&boris)), (vec![], vec![GROUP]));
}

#[tokio::test]
async fn the_session_that_caused_an_entry_and_other_keys_are_left_out_of_followers() {
    let rig = following(&[(ANNA, &[GROUP]), (BORIS, &[GROUP])]);
    let (phone, desktop) = (rig.listener(1, ANNA).await, rig.listener(2, ANNA).await);
    let boris = rig.listener(3, BORIS).await;
    for each in [false, true] {
        let skip = Some((phone.key.id, phone.id));
        rig.spread(Publication { skip, each, ..publication(GROUP) }).await;
        assert_eq!([&phone, &desktop, &boris].map(|it| told(it).len()), [0, 1, 1]);
        rig.spread(Publication { only: Some(boris.key.id), each, ..publication(GROUP) }).await;
        assert_eq!([&phone, &desktop, &boris].map(|it| told(it).len()), [0, 0, 1]);
    }
}

#[tokio::test]
async fn each_follower_is_told_in_its_own_words_at_its_own_layers() {
    let rig = following(&[(ANNA, &[GROUP]), (BORIS, &[GROUP]), (OTHER, &[GROUP])]);
    let (phone, desktop) = (rig.listener(1, ANNA).await, rig.listener(2, ANNA).await);
    let boris = rig.listener(3, BORIS).await;
    let viewer = rig.listener(4, GROUP).await;
    rig.listener(5, OTHER).await;
    rig.spread(Publication { each: true, except: vec![OTHER], ..publication(GROUP) }).await;
    let rendered = [(GROUP, vec![LAYERS[4]]), (ANNA, vec![LAYERS[1], LAYERS[2]]), (BORIS, vec![LAYERS[3]])];
    assert_eq!(*rig.service.rendered.lock().unwrap(), rendered);
    let all = [phone, desktop, boris, viewer].map(|it| told(&it));
    assert_eq!(all, [[ANNA], [ANNA], [BORIS], [GROUP]]);
}

#[tokio::test]
async fn a_mailbox_follows_until_its_last_session_has_gone() {
    let rig = following(&[(ANNA, &[GROUP])]);
    let (phone, desktop) = (rig.listener(1, ANNA).await, rig.listener(2, ANNA).await);
    rig.registry.destroy(phone.key.id, phone.id);
    assert!(rig.registry.is_heard(GROUP));
    rig.registry.destroy(desktop.key.id, desktop.id);
    assert!(!rig.registry.is_heard(GROUP));
    rig.change(ANNA, GROUP, true);
    assert!(!rig.registry.is_heard(GROUP), "nobody hears that mailbox");
}

#[tokio::test]
async fn an_answer_from_before_a_mailbox_was_silent_is_of_no_use() {
    let (rig, held) = holding(&[(ANNA, &[GROUP])]);
    let phone = rig.cell(1).await;
    let first = begin(&rig, &phone, ANNA).await;
    rig.registry.destroy(phone.key.id, phone.id);
    // Left while nobody heard.
    rig.change(ANNA, GROUP, false);
    rig.service.follows.lock().unwrap().clear();
    let desktop = rig.cell(2).await;
    let second = begin(&rig, &desktop, ANNA).await;
    held.add_permits(1);
    first.await.unwrap().unwrap();
    assert!(!rig.registry.is_heard(GROUP));
    assert!(!second.is_finished(), "its own question is not answered");
    held.add_permits(1);
    second.await.unwrap().unwrap();
    assert!(!rig.registry.is_heard(GROUP));
}

#[tokio::test]
async fn a_session_whose_followings_can_not_be_had_asks_again_with_its_next_request() {
    let rig = following(&[(ANNA, &[GROUP])]);
    let anna = rig.cell(1).await;
    for trouble in [Trouble::Unavailable, Trouble::Panic] {
        *rig.service.trouble.lock().unwrap() = Some(trouble);
        assert_eq!(begin(&rig, &anna, ANNA).await.await.unwrap(), Err(Unavailable));
        assert!(!rig.registry.is_heard(ANNA));
    }
    *rig.service.trouble.lock().unwrap() = None;
    begin(&rig, &anna, ANNA).await.await.unwrap().unwrap();
    rig.spread(publication(GROUP)).await;
    assert_eq!(told(&anna), [GROUP]);
}

#[tokio::test]
async fn a_session_that_signs_in_keeps_what_it_already_hears() {
    let rig = following(&[(ANNA, &[GROUP]), (OTHER, &[GROUP])]);
    let anna = rig.listener(1, OTHER).await;
    let asks = rig.registry.listen(&anna, vec![ANNA, OTHER]);
    rig.registry.learn(&anna, asks).await.unwrap();
    assert_eq!(*rig.service.asked.lock().unwrap(), [OTHER, ANNA]);
}

#[tokio::test]
async fn who_hears_a_topic_is_looked_for_again_once_that_has_changed() {
    let rig = following(&[(ANNA, &[GROUP]), (BORIS, &[GROUP])]);
    let anna = rig.listener(1, ANNA).await;
    let heard = || {
        let heard_by = rig.heard_by.lock().unwrap();
        heard_by.as_ref().map(|it| (it.topic, it.cells.len(), it.cells.as_ptr()))
    };
    rig.spread(publication(GROUP)).await;
    let first = heard();
    rig.spread(publication(GROUP)).await;
    assert_eq!((heard(), told(&anna)), (first, vec![GROUP, GROUP]), "the same list");
    let boris = rig.listener(2, BORIS).await;
    let viewer = rig.listener(3, GROUP).await;
    rig.spread(publication(GROUP)).await;
    assert_eq!([&anna, &boris, &viewer].map(|it| told(it)), [[GROUP], [GROUP], [GROUP]]);
    rig.change(ANNA, GROUP, false);
    rig.registry.destroy(viewer.key.id, viewer.id);
    rig.spread(publication(GROUP)).await;
    assert_eq!([&anna, &boris, &viewer].map(|it| told(it).len()), [0, 1, 0]);
    rig.change(ANNA, OTHER, true);
    rig.spread(publication(OTHER)).await;
    rig.spread(publication(GROUP)).await;
    assert_eq!((told(&anna), told(&boris)), (vec![OTHER], vec![GROUP]), "not those of another topic");
}
