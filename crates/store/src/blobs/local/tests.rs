//! What only a directory can do wrong: kills at each moment, other boots, full disks, files that vanish.

use std::{fs, path::PathBuf};

use super::{
    files::{Files, HEAD},
    *,
};
use crate::{
    blobs::conformance::{STRIDE, put_all, read, text},
    conformance::wait,
    embedded::tests::Place,
};

const BLOB: BlobId = BlobId(0x0102_0304_0506_0708);

/// An engine in a test's directory.
pub(crate) fn opened(place: &Place, boot: Option<&str>) -> Local {
    Local::open(&place.0, boot, Arc::new(Pool::start(2, || {}).unwrap())).unwrap()
}

fn part(place: &Place, boot: &str) -> PathBuf {
    place.0.join("parts").join(boot).join("0807060504030201")
}

fn whole(place: &Place) -> PathBuf {
    place.0.join("080").join("0807060504030201")
}

fn finish(local: &Local, size: u64) -> Result<(), Error> {
    wait(local.finish(BLOB, STRIDE, size))
}

#[test]
fn a_process_goes_on_with_the_pieces_of_the_one_before() {
    let place = Place::new("blobs-resumed");
    put_all(&opened(&place, Some("boot")), BLOB, 3000);
    let again = opened(&place, Some("boot"));
    wait(again.put_piece(BLOB, 3, STRIDE, text(BLOB, 3, 1, 100))).unwrap();
    finish(&again, 3100).unwrap();
    assert_eq!(read(&again, BLOB, 2000..3000), Ok(text(BLOB, 2, 1, 1000)));
    assert!(!part(&place, "boot").exists() && whole(&place).exists());
    assert_eq!(read(&opened(&place, Some("another boot")), BLOB, 0..1000), Ok(text(BLOB, 0, 1, 1000)));
}

/// What the page cache held may be lost, so that nothing of it is believed.
#[test]
fn parts_of_another_boot_are_gone() {
    let place = Place::new("blobs-boots");
    for (before, after) in [(Some("one"), Some("two")), (Some("two"), None), (None, None)] {
        put_all(&opened(&place, before), BLOB, 3000);
        let again = opened(&place, after);
        assert_eq!(finish(&again, 3000), Err(Error::PieceMissing { blob: BLOB, piece: 0 }), "{before:?} {after:?}");
        assert_eq!(wait(again.list(None, 9)), Ok(Vec::new()));
    }
}

/// The file as a kill leaves it after each of a write's steps, whichever bytes had come.
#[test]
fn a_piece_that_was_cut_off_by_a_kill_does_not_count() {
    let place = Place::new("blobs-killed");
    let local = opened(&place, Some("boot"));
    put_all(&local, BLOB, 3000);
    let file = fs::OpenOptions::new().write(true).open(part(&place, "boot")).unwrap();
    let write = |at: u64, bytes: &[u8]| std::os::unix::fs::FileExt::write_all_at(&file, bytes, at).unwrap();
    // Piece 1 comes again, and the process dies.
    write(1, &[0]);
    assert_eq!(finish(&local, 3000), Err(Error::PieceMissing { blob: BLOB, piece: 1 }));
    write(HEAD + STRIDE, &[9; 300]);
    assert_eq!(finish(&local, 3000), Err(Error::PieceMissing { blob: BLOB, piece: 1 }));
    wait(local.put_piece(BLOB, 1, STRIDE, text(BLOB, 1, 2, 1000))).unwrap();
    finish(&local, 3000).unwrap();
    assert_eq!(read(&local, BLOB, 1000..2000), Ok(text(BLOB, 1, 2, 1000)));
}

#[test]
fn a_finished_blob_takes_no_piece_and_an_unfinished_one_does_not_read() {
    let place = Place::new("blobs-states");
    let engines: [Box<dyn Blobs>; 2] =
        [Box::new(opened(&place, Some("boot"))), Box::new(crate::blobs::memory::Memory::new())];
    for blobs in engines {
        put_all(&*blobs, BLOB, 1500);
        assert_eq!(read(&*blobs, BLOB, 0..1), Err(Error::Missing { blob: BLOB }));
        wait(blobs.finish(BLOB, STRIDE, 1500)).unwrap();
        let again = wait(blobs.put_piece(BLOB, 0, STRIDE, text(BLOB, 0, 2, 1000)));
        assert_eq!(again, Err(Error::Finished { blob: BLOB }));
        assert_eq!(read(&*blobs, BLOB, 0..1000), Ok(text(BLOB, 0, 1, 1000)));
    }
}

#[test]
fn a_finished_blob_has_nothing_behind_its_end() {
    let place = Place::new("blobs-end");
    let local = opened(&place, Some("boot"));
    put_all(&local, BLOB, 3000);
    finish(&local, 1500).unwrap();
    assert_eq!(fs::metadata(whole(&place)).unwrap().len(), HEAD + 1500);
}

#[test]
fn a_file_that_vanished_or_was_cut_is_a_clear_error() {
    let place = Place::new("blobs-vanished");
    let local = opened(&place, Some("boot"));
    put_all(&local, BLOB, 3000);
    finish(&local, 3000).unwrap();
    fs::OpenOptions::new().write(true).open(whole(&place)).unwrap().set_len(HEAD + 1200).unwrap();
    assert_eq!(read(&local, BLOB, 1000..1300), Err(Error::Cut { blob: BLOB, end: 1300 }));
    assert_eq!(read(&local, BLOB, 0..1000), Ok(text(BLOB, 0, 1, 1000)));
    fs::remove_file(whole(&place)).unwrap();
    assert_eq!(read(&local, BLOB, 0..1), Err(Error::Missing { blob: BLOB }));
}

/// Linux has a file that is always full.
#[test]
fn a_full_disk_is_told_as_one() {
    let place = Place::new("blobs-full");
    let local = opened(&place, Some("boot"));
    std::os::unix::fs::symlink("/dev/full", part(&place, "boot")).unwrap();
    let put = wait(local.put_piece(BLOB, 0, STRIDE, text(BLOB, 0, 1, 1000)));
    assert!(matches!(put, Err(Error::Full(_))), "{put:?}");
}

#[test]
fn strange_files_in_the_directory_are_nobodys_blobs() {
    let place = Place::new("blobs-strange");
    let local = opened(&place, Some("boot"));
    put_all(&local, BLOB, 10);
    finish(&local, 10).unwrap();
    for name in ["080/notes.txt", "080/é", "lost+found", "zzz"] {
        let path = place.0.join(name);
        if name.contains('/') { fs::write(path, b"x").unwrap() } else { fs::create_dir(path).unwrap() }
    }
    assert_eq!(wait(local.list(None, 9)), Ok(vec![BLOB]));
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error() {
    let place = Place::new("blobs-nowhere");
    fs::write(&place.0, b"a file").unwrap();
    assert!(matches!(Files::open(&place.0, None), Err(Error::Engine(_))));
    fs::remove_file(&place.0).unwrap();
}

/// Parts are found again by it.
#[test]
fn the_boot_keeps_its_name() {
    assert_eq!(boot(), boot());
}
