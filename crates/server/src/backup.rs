//! Backups: the whole store, people's files and the keys that belong to them, encrypted to a passphrase or a recipient.
//! The content master key goes in only on request, so that a stolen backup alone opens nothing.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use age::{Decryptor, Encryptor, Identity, secrecy::SecretString};
use serde::{Deserialize, Serialize};
use store::{Kv, embedded::Embedded};
use zeroize::Zeroizing;

use crate::{
    cli::Failure,
    keys::{MASTER_FILE, ROOT_FILE, RSA_FILE, ServerKeys},
    wiring::STORE,
};

/// What a backup is encrypted to.
pub struct Lock {
    /// An age recipient.
    pub recipient: Option<String>,
    /// A passphrase, where there is no recipient.
    pub passphrase: Option<String>,
}

/// What opens a backup.
pub struct Opener {
    /// A file with an age identity.
    pub identity: Option<PathBuf>,
    /// A passphrase, where there is none.
    pub passphrase: Option<String>,
}

/// What stands before the rows.
#[derive(Serialize, Deserialize)]
struct Header {
    rsa: String,
    root: Vec<u8>,
    /// Only on request.
    master: Option<Vec<u8>>,
    /// People's files stand behind the rows. Those in a bucket are no part of a backup.
    #[serde(default)]
    files: bool,
}

/// What a backup holds.
pub struct Held {
    /// Rows.
    pub rows: u64,
    /// Large files of people; small ones are rows.
    pub files: u64,
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} files and {} rows", self.files, self.rows)
    }
}

/// Why there is no backup, or no restore, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is there already: name another file")]
    Exists(PathBuf),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("name an age recipient with --recipient, or put a passphrase into CHAPPE_PASSPHRASE")]
    NoLock,
    #[error("name the age identity with --identity, or put the passphrase into CHAPPE_PASSPHRASE")]
    NoOpener,
    #[error("`{0}` is not an age recipient: it begins with age1, and `age-keygen` prints it")]
    Recipient(String),
    #[error("{0} holds no age identity: a line that begins with AGE-SECRET-KEY-1")]
    NoIdentity(PathBuf),
    #[error("{0} is not a backup: it is not encrypted with age")]
    NotEncrypted(PathBuf),
    #[error("{path} does not open with this {with}: {error}")]
    Closed { path: PathBuf, with: &'static str, error: age::DecryptError },
    #[error("{path} is cut off or was changed, nothing of it was kept: {error}")]
    Damaged { path: PathBuf, error: store::Error },
    #[error("{0} holds a store already: restore into a directory that is empty or not there yet")]
    DataExists(PathBuf),
    #[error("{0} holds files already: restore into a directory that is empty or not there yet")]
    FilesExist(PathBuf),
    #[error("{0} holds the keys of another server: name an empty directory with --keys")]
    OtherKeys(PathBuf),
    #[error("this backup holds no master key: put the server's master.key into {0} first")]
    NoMaster(PathBuf),
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    |error| BackupError::File { path: path.to_owned(), error }
}

/// Writes a backup of the store as it is now, and of the directory with people's files, where there is one. The file
/// appears under its name only when it is whole.
pub async fn write(
    (kv, files): (&Arc<dyn Kv>, Option<PathBuf>),
    keys: &ServerKeys,
    file: &Path,
    lock: Lock,
    with_master: bool,
) -> Result<Held, Failure> {
    let encryptor = encryptor(&lock)?;
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()).into());
    }
    let snapshot = kv.snapshot().await?;
    let header = Header {
        rsa: keys.rsa.to_pem().to_string(),
        root: keys.root.to_vec(),
        master: with_master.then(|| keys.master.to_vec()),
        files: files.is_some(),
    };
    let header = Zeroizing::new(serde_json::to_vec(&header)?);
    let file = file.to_owned();
    let held = tokio::task::spawn_blocking(move || {
        let mut part = file.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let written = write_part((&*snapshot, files.as_deref()), &header, encryptor, &part);
        let kept = written.and_then(|held| {
            fs::rename(&part, &file).map_err(file_error(&file))?;
            Ok(held)
        });
        if kept.is_err() {
            // Half a backup is worth nothing; what is wrong is said by the error.
            let _ = fs::remove_file(&part);
        }
        kept
    });
    held.await?
}

fn write_part(
    (snapshot, files): (&dyn store::Snapshot, Option<&Path>),
    header: &[u8],
    encryptor: Encryptor,
    part: &Path,
) -> Result<Held, Failure> {
    use std::os::unix::fs::OpenOptionsExt;
    let options = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part);
    let mut out = encryptor.wrap_output(BufWriter::new(options.map_err(file_error(part))?))?;
    let rows = store::backup::export(snapshot, header, &mut out)?;
    // A file that a row of the snapshot names was finished before it.
    let files = files.map_or(Ok(0), |dir| store::blobs::backup::export(dir, &mut out))?;
    out.finish()?.into_inner().map_err(|it| it.into_error())?.sync_all()?;
    Ok(Held { rows, files })
}

/// Fills an empty data directory, and one for people's files, from a backup. What does not read to its end leaves
/// nothing behind.
pub async fn read(file: &Path, opener: Opener, data: &Path, files: &Path, keys: &Path) -> Result<Held, Failure> {
    if data.join(STORE).exists() {
        return Err(BackupError::DataExists(data.to_owned()).into());
    }
    if fs::read_dir(files).is_ok_and(|mut it| it.next().is_some()) {
        return Err(BackupError::FilesExist(files.to_owned()).into());
    }
    let (identity, with) = identity(&opener)?;
    let input = File::open(file).map_err(file_error(file))?;
    let decryptor = Decryptor::new(BufReader::new(input)).map_err(|_| BackupError::NotEncrypted(file.to_owned()))?;
    let closed = |error| BackupError::Closed { path: file.to_owned(), with, error };
    let mut input = decryptor.decrypt(std::iter::once(&*identity)).map_err(closed)?;
    let damaged = |error| BackupError::Damaged { path: file.to_owned(), error };
    let header = Zeroizing::new(store::backup::read_header(&mut input).map_err(damaged)?);
    let header: Header = serde_json::from_slice(&header)?;
    let has_files = header.files;
    let keys_of = kept_keys(header, keys)?;
    let (part, files_part) = (data.join("restore.part"), beside(files));
    let throw_away = || [&part, &files_part].into_iter().for_each(|it| drop(fs::remove_dir_all(it)));
    throw_away();
    fs::create_dir_all(data).map_err(file_error(data))?;
    let mut input: Box<dyn Read + Send> = Box::new(input);
    let restored = async {
        let kv = Embedded::open(&part, domain::spaces::ALL)?;
        let rows = store::backup::restore_rows(&mut *input, &kv).await?.rows;
        let files = if has_files { store::blobs::backup::import(&mut *input, &files_part)? } else { 0 };
        store::blobs::backup::ended(&mut *input)?;
        Ok::<_, store::Error>(Held { rows, files })
    };
    match restored.await {
        Ok(held) => {
            keys_of.write(keys)?;
            if has_files {
                let _ = fs::remove_dir(files);
                fs::rename(&files_part, files).map_err(file_error(files))?;
            }
            fs::rename(&part, data.join(STORE)).map_err(file_error(data))?;
            Ok(held)
        }
        Err(error) => {
            throw_away();
            Err(damaged(error).into())
        }
    }
}

/// Where files wait until all of a backup is there: beside their end, which may be on another disk.
fn beside(files: &Path) -> PathBuf {
    let mut part = files.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

/// The keys of a backup, which nothing in the keys directory contradicts. A backup without the master key
/// needs the one that is in place.
fn kept_keys(header: Header, dir: &Path) -> Result<ServerKeys, Failure> {
    let there = |name: &str| fs::read(dir.join(name)).ok().map(Zeroizing::new);
    let master = match header.master {
        Some(master) => Zeroizing::new(master),
        None => there(MASTER_FILE).ok_or_else(|| BackupError::NoMaster(dir.to_owned()))?,
    };
    let contradicts = |name, ours: &[u8]| there(name).is_some_and(|it| it.as_slice() != ours);
    let rsa = header.rsa.as_bytes();
    if contradicts(RSA_FILE, rsa) || contradicts(ROOT_FILE, &header.root) || contradicts(MASTER_FILE, &master) {
        return Err(BackupError::OtherKeys(dir.to_owned()).into());
    }
    let bytes = |it: &[u8]| <[u8; 32]>::try_from(it).map(Zeroizing::new).map_err(|_| "a key in the backup is cut off");
    Ok(ServerKeys {
        rsa: crypto::rsa::ServerKey::from_pem(&header.rsa)?,
        root: bytes(&header.root)?,
        master: bytes(&master)?,
    })
}

fn encryptor(lock: &Lock) -> Result<Encryptor, Failure> {
    match (&lock.recipient, &lock.passphrase) {
        (Some(text), _) => {
            let recipient = age::x25519::Recipient::from_str(text).map_err(|_| BackupError::Recipient(text.clone()))?;
            Ok(Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))?)
        }
        (None, Some(passphrase)) => Ok(Encryptor::with_user_passphrase(SecretString::from(passphrase.clone()))),
        (None, None) => Err(BackupError::NoLock.into()),
    }
}

/// What opens a backup, and what it is called.
fn identity(opener: &Opener) -> Result<(Box<dyn Identity>, &'static str), Failure> {
    match (&opener.identity, &opener.passphrase) {
        (Some(file), _) => {
            let text = Zeroizing::new(fs::read_to_string(file).map_err(file_error(file))?);
            let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-"));
            let found = line.and_then(|it| age::x25519::Identity::from_str(it).ok());
            let identity = found.ok_or_else(|| BackupError::NoIdentity(file.clone()))?;
            Ok((Box::new(identity), "identity"))
        }
        (None, Some(passphrase)) => {
            let identity = age::scrypt::Identity::new(SecretString::from(passphrase.clone()));
            Ok((Box::new(identity), "passphrase"))
        }
        (None, None) => Err(BackupError::NoOpener.into()),
    }
}

#[cfg(test)]
mod tests {
    use store::memory::Memory;

    use super::*;

    #[tokio::test]
    async fn a_backup_opens_with_its_passphrase_only_and_brings_the_keys_along() {
        let dir = std::env::temp_dir().join(format!("chappe-backup-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        let keys = ServerKeys::open_or_make(&dir.join("keys"), &dir.join("data")).unwrap();
        let kv: Arc<dyn Kv> = Arc::new(Memory::new());
        let lease = kv.lease(0).await.unwrap();
        let key = store::Key::of(domain::spaces::USER, 7).u64(7).key();
        let ops = vec![store::Op::Put(key.clone(), "row".into())];
        kv.commit(store::Batch { lease, seq: 1, ops }).await.unwrap();
        let file = dir.join("backup.age");
        let lock = Lock { recipient: None, passphrase: Some("semaphore".into()) };
        assert_eq!(write((&kv, None), &keys, &file, lock, true).await.unwrap().rows, 1);
        let opener = |word: &str| Opener { identity: None, passphrase: Some(word.into()) };
        let (data, files, place) = (dir.join("data2"), dir.join("files2"), dir.join("keys2"));
        assert!(read(&file, opener("telegraph"), &data, &files, &place).await.is_err());
        assert_eq!(read(&file, opener("semaphore"), &data, &files, &place).await.unwrap().rows, 1);
        let again = ServerKeys::open(&place).unwrap();
        assert_eq!((again.rsa.fingerprint(), &*again.master), (keys.rsa.fingerprint(), &*keys.master));
        let store = Embedded::open(&data.join("store"), domain::spaces::ALL).unwrap();
        assert_eq!(store.get(&key).await.unwrap().as_deref(), Some(&b"row"[..]));
        drop(store);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
