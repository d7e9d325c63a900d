//! What was sent already, or may not be sent, costs no work on its files; what is wrong in an album is named by its place.

use tl::functions::contacts::Block;

use super::*;

/// An upload that nobody has sent the parts of.
fn missing() -> enums::InputFile {
    types::InputFile { id: 404, parts: 1, name: String::new(), md5_checksum: String::new() }.into()
}

/// The number of the message that an answer names first.
fn number(answer: Result<enums::Updates, crate::RpcError>) -> i32 {
    let Ok(enums::Updates::Updates(it)) = answer else { panic!("{answer:?}") };
    let Some(enums::Update::MessageId(it)) = it.updates.into_iter().next() else { panic!("a number") };
    it.id
}

#[test]
fn a_repeated_request_is_answered_though_its_upload_is_gone() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let to = || peer(&hall, ann, ben);
    let file = upload(&hall, ann, 5, &picture(120));
    let first = number(call(&hall, ann, &send(to(), photo(file), 9)));
    assert_eq!(number(call(&hall, ann, &send(to(), photo(missing()), 9))), first);
    assert_eq!(refused(&hall, ann, &send(to(), photo(missing()), 10)), "400 FILE_PART_0_MISSING");
    let (one, two) = (uploaded(&hall, ann, ben, 6), uploaded(&hall, ann, ben, 7));
    let first = number(call(&hall, ann, &album(to(), vec![single(&one), single(&two)])));
    let again = [one.id, two.id].map(|id| one_of(photo(missing()), id)).into();
    assert_eq!(number(call(&hall, ann, &album(to(), again))), first);
}

#[test]
fn what_may_not_be_sent_is_refused_before_its_files_are_looked_at() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let to = || peer(&hall, ann, ben);
    let block = Block { my_stories_from: false, id: peer(&hall, ben, ann) };
    call(&hall, ben, &block).unwrap();
    assert_eq!(refused(&hall, ann, &send(to(), photo(missing()), 9)), "400 USER_IS_BLOCKED");
    let album = album(to(), vec![one_of(photo(missing()), 1), one_of(photo(missing()), 2)]);
    assert_eq!(refused(&hall, ann, &album), "400 USER_IS_BLOCKED");
    let ahead = m::UploadMedia { business_connection_id: None, peer: to(), media: photo(missing()) };
    assert_eq!(refused(&hall, ann, &ahead), "400 USER_IS_BLOCKED");
}

#[test]
fn an_album_is_refused_by_what_is_wrong_with_it_and_where() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let to = || peer(&hall, ann, ben);
    let (one, two) = (uploaded(&hall, ann, ben, 6), uploaded(&hall, ann, ben, 7));
    let of_another = types::InputPhoto { file_reference: one.file_reference.clone(), ..two.clone() };
    let wrong = album(to(), vec![single(&one), single(&of_another)]);
    assert_eq!(refused(&hall, ann, &wrong), "400 FILE_REFERENCE_1_EXPIRED");
    let unread = types::InputPhoto { file_reference: vec![1, 2, 3], ..one.clone() };
    let wrong = album(to(), vec![single(&unread), single(&two)]);
    assert_eq!(refused(&hall, ann, &wrong), "400 FILE_REFERENCE_0_INVALID");
    let plain = upload(&hall, ann, 8, b"plain");
    let mixed = album(to(), vec![single(&one), one_of(document(plain), 3)]);
    assert_eq!(refused(&hall, ann, &mixed), "400 MEDIA_GROUPED_INVALID");
    let long = album(to(), (1..12).map(|it| one_of(photo(missing()), it)).collect());
    assert_eq!(refused(&hall, ann, &long), "400 MULTI_MEDIA_TOO_LONG");
}
