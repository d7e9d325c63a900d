//! What clients are told of folders, and which errors they get.

use domain::{Caller, Peer, testing::Hall, updates::Event};
use tl::{
    enums,
    functions::{help::GetAppConfig, messages as f},
    types,
};

use crate::{
    channels::tests::{group, input},
    render,
    testing::{call, channel_peer, peer, refused},
};

struct Desk {
    hall: Hall,
    claude: Caller,
    ignace: Caller,
    group: i64,
}

fn desks() -> [Desk; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let (claude, ignace) = (hall.person("Claude", "9996621001"), hall.person("Ignace", "9996621002"));
        let group = group(&hall, claude);
        hall.events();
        Desk { hall, claude, ignace, group }
    })
}

impl Desk {
    fn folder(&self, title: &str) -> types::DialogFilter {
        let enums::DialogFilterSuggested::Suggested(it) =
            self.suggested().pop().expect("nobody has a folder of people");
        let enums::DialogFilter::Filter(it) = it.filter else { panic!("a folder") };
        let title = types::TextWithEntities { text: title.into(), entities: Vec::new() }.into();
        types::DialogFilter { id: 2, title, emoticon: None, ..it }
    }

    fn suggested(&self) -> Vec<enums::DialogFilterSuggested> {
        call(&self.hall, self.ignace, &f::GetSuggestedDialogFilters {}).unwrap()
    }

    fn channel(&self) -> enums::InputPeer {
        channel_peer(&self.hall, self.claude, self.group)
    }

    fn shown(&self) -> types::messages::DialogFilters {
        let enums::messages::DialogFilters::Filters(it) =
            call(&self.hall, self.claude, &f::GetDialogFilters {}).unwrap();
        it
    }

    /// The updates of Claude's log since the last call, as its other sessions are told of them.
    fn told(&self) -> Vec<enums::Update> {
        let entries = self.hall.events().into_iter().filter_map(|it| match it {
            Event::Logged { log, entry, .. } if log == self.claude.user.into() => Some(entry),
            _ => None,
        });
        let entries = entries.collect();
        let told = render::updates::entries(&self.hall.domain, self.claude.user, entries);
        let enums::Updates::Updates(it) = domain::testing::ready(told).unwrap() else { panic!("updates") };
        it.updates
    }
}

fn update(id: i32, filter: impl Into<enums::DialogFilter>) -> f::UpdateDialogFilter {
    f::UpdateDialogFilter { id, filter: Some(filter.into()) }
}

#[test]
fn a_folder_reads_back_as_it_was_written() {
    for desk in desks() {
        assert_eq!(desk.shown().filters, [enums::DialogFilter::Default]);
        let entities = vec![types::MessageEntityCustomEmoji { offset: 0, length: 2, document_id: 5 }.into()];
        let written = types::DialogFilter {
            contacts: true,
            non_contacts: false,
            groups: true,
            broadcasts: true,
            bots: true,
            exclude_muted: true,
            exclude_read: true,
            exclude_archived: true,
            title_noanimate: true,
            title: types::TextWithEntities { text: "\u{1f600} Work".into(), entities }.into(),
            emoticon: Some("\u{1f4bc}".into()),
            color: Some(3),
            pinned_peers: vec![desk.channel()],
            include_peers: vec![peer(&desk.hall, desk.claude, desk.ignace)],
            exclude_peers: vec![enums::InputPeer::PeerSelf],
            ..desk.folder("")
        };
        assert!(call(&desk.hall, desk.claude, &update(2, written.clone())).unwrap());
        // One's own account is named as any other.
        let own = types::InputPeerUser {
            user_id: render::user::id(desk.claude.user),
            access_hash: desk.hall.domain.world().access_hash(desk.claude.user, Peer::User(desk.claude.user)),
        };
        let read: enums::DialogFilter = types::DialogFilter { exclude_peers: vec![own.into()], ..written }.into();
        assert_eq!(desk.shown().filters, [enums::DialogFilter::Default, read.clone()]);
        let told: enums::Update = types::UpdateDialogFilter { id: 2, filter: Some(read) }.into();
        assert_eq!(desk.told(), [told]);
    }
}

#[test]
fn other_sessions_are_told_of_order_tags_and_deletion() {
    for desk in desks() {
        for id in [2, 3] {
            call(&desk.hall, desk.claude, &update(id, desk.folder("People"))).unwrap();
        }
        desk.told();
        call(&desk.hall, desk.claude, &f::UpdateDialogFiltersOrder { order: vec![3, 0, 2] }).unwrap();
        call(&desk.hall, desk.claude, &f::ToggleDialogFilterTags { enabled: true }).unwrap();
        call(&desk.hall, desk.claude, &f::UpdateDialogFilter { id: 3, filter: None }).unwrap();
        let order: enums::Update = types::UpdateDialogFilterOrder { order: vec![0, 2] }.into();
        let gone: enums::Update = types::UpdateDialogFilter { id: 3, filter: None }.into();
        assert_eq!(desk.told(), [order, enums::Update::DialogFilters, gone], "each tells how it is now");
        let shown = desk.shown();
        assert!(shown.tags_enabled);
        assert_eq!((shown.filters.len(), &shown.filters[0]), (2, &enums::DialogFilter::Default));
        let wrong = f::UpdateDialogFiltersOrder { order: vec![-1] };
        assert_eq!(refused(&desk.hall, desk.claude, &wrong), "400 FILTER_ID_INVALID");
    }
}

#[test]
fn each_mistake_has_its_name() {
    let [desk, _] = desks();
    let refuses = |request: f::UpdateDialogFilter| refused(&desk.hall, desk.claude, &request);
    let good = desk.folder("People");
    for id in [-1, 0, 1, 256] {
        assert_eq!(refuses(update(id, good.clone())), "400 FILTER_ID_INVALID");
    }
    assert_eq!(refuses(f::UpdateDialogFilter { id: 9, filter: None }), "400 FILTER_ID_INVALID");
    assert_eq!(refuses(update(2, desk.folder(""))), "400 FILTER_TITLE_EMPTY");
    assert_eq!(refuses(update(2, desk.folder("Thirteen char"))), "400 MESSAGE_TOO_LONG");
    let nothing = types::DialogFilter { contacts: false, non_contacts: false, ..good.clone() };
    assert_eq!(refuses(update(2, nothing)), "400 FILTER_INCLUDE_EMPTY");
    assert_eq!(refuses(update(2, enums::DialogFilter::Default)), "400 FILTER_NOT_SUPPORTED");
    let enums::InputPeer::User(ignace) = peer(&desk.hall, desk.claude, desk.ignace) else { panic!("a user") };
    let forged = types::InputPeerUser { access_hash: ignace.access_hash ^ 1, ..ignace };
    let forged = types::DialogFilter { include_peers: vec![forged.into()], ..good };
    assert_eq!(refuses(update(2, forged)), "400 PEER_ID_INVALID");
}

#[test]
fn what_the_configuration_says_is_what_holds() {
    let [desk, _] = desks();
    let enums::help::AppConfig::Config(config) = call(&desk.hall, desk.claude, &GetAppConfig { hash: 0 }).unwrap()
    else {
        panic!("the configuration")
    };
    let enums::Jsonvalue::JsonObject(config) = config.config else { panic!("an object") };
    let limit = |name: &str| {
        let found = config.value.iter().find_map(|it| match it {
            enums::JsonobjectValue::JsonObjectValue(it) if it.key == name => Some(it.value.clone()),
            enums::JsonobjectValue::JsonObjectValue(_) => None,
        });
        match found {
            Some(enums::Jsonvalue::JsonNumber(it)) => it.value as i32,
            other => panic!("{name}: {other:?}"),
        }
    };
    let chats = limit("dialog_filters_chats_limit_default");
    let people = |count: i32| {
        let person = |n| desk.hall.person("P", &format!("9996640{n:03}"));
        (0..count).map(|n| peer(&desk.hall, desk.claude, person(n))).collect::<Vec<_>>()
    };
    let mut include_peers = people(chats + 1);
    let many = types::DialogFilter { include_peers: include_peers.clone(), ..desk.folder("Many") };
    assert_eq!(refused(&desk.hall, desk.claude, &update(2, many.clone())), "400 FILTER_INCLUDE_TOO_MUCH");
    let without = types::DialogFilter { exclude_peers: include_peers.clone(), ..desk.folder("Few") };
    assert_eq!(refused(&desk.hall, desk.claude, &update(2, without)), "400 FILTER_EXCLUDE_TOO_MUCH");
    include_peers.pop();
    let folders = limit("dialog_filters_limit_default");
    for id in 2..2 + folders {
        let full = types::DialogFilter { include_peers: include_peers.clone(), ..many.clone() };
        call(&desk.hall, desk.claude, &update(id, full)).unwrap();
    }
    assert_eq!(refused(&desk.hall, desk.claude, &update(99, many)), "400 DIALOG_FILTERS_TOO_MUCH");
    assert_eq!(desk.shown().filters.len(), usize::try_from(folders).unwrap() + 1);
}

#[test]
fn folders_are_proposed_to_who_has_none_like_them() {
    let [desk, _] = desks();
    let titles = || {
        let title = |it: &enums::DialogFilterSuggested| {
            let enums::DialogFilterSuggested::Suggested(it) = it;
            match &it.filter {
                enums::DialogFilter::Filter(types::DialogFilter {
                    title: enums::TextWithEntities::Entities(it),
                    ..
                }) => it.text.clone(),
                other => panic!("{other:?}"),
            }
        };
        desk.suggested().iter().map(title).collect::<Vec<_>>()
    };
    assert_eq!(titles(), ["Unread", "Personal"]);
    call(&desk.hall, desk.ignace, &update(2, desk.folder("Mine"))).unwrap();
    assert_eq!(titles(), ["Unread"]);
}

#[test]
fn a_chat_that_closes_is_no_longer_shown_in_a_folder() {
    for desk in desks() {
        let person = peer(&desk.hall, desk.claude, desk.ignace);
        let both = types::DialogFilter { include_peers: vec![desk.channel(), person.clone()], ..desk.folder("Both") };
        call(&desk.hall, desk.claude, &update(2, both)).unwrap();
        let gone = tl::functions::channels::DeleteChannel { channel: input(&desk.hall, desk.claude, desk.group) };
        call(&desk.hall, desk.claude, &gone).unwrap();
        let enums::DialogFilter::Filter(it) = desk.shown().filters.remove(1) else { panic!("a folder") };
        assert_eq!(it.include_peers, [person]);
    }
}
