//! Backups: the whole store and the keys that belong to it, encrypted to a passphrase or a recipient.
//! The content master key goes in only on request, so that a stolen backup alone opens nothing.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use age::{Decryptor, Encryptor, Identity, secrecy::SecretString};
use serde::{Deserialize, Serialize};
use store::{Kv, embedded::Embedded};
use zeroize::Zeroizing;

use crate::{cli::Failure, keys::ServerKeys};

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
}

/// Writes a backup of the store as it is now; returns the number of rows. The file appears under its
/// name only when it is whole.
pub async fn write(
    kv: &Arc<dyn Kv>,
    keys: &ServerKeys,
    file: &Path,
    lock: Lock,
    with_master: bool,
) -> Result<u64, Failure> {
    let snapshot = kv.snapshot().await?;
    let header = Header {
        rsa: keys.rsa.to_pem().to_string(),
        root: keys.root.to_vec(),
        master: with_master.then(|| keys.master.to_vec()),
    };
    let header = Zeroizing::new(serde_json::to_vec(&header)?);
    let file = file.to_owned();
    let rows = tokio::task::spawn_blocking(move || {
        let part = file.with_extension("part");
        let encryptor = encryptor(&lock)?;
        let mut out = encryptor.wrap_output(BufWriter::new(File::create_new(&part)?))?;
        let rows = store::backup::export(&*snapshot, &header, &mut out)?;
        out.finish()?.into_inner().map_err(|it| it.into_error())?.sync_all()?;
        std::fs::rename(part, file)?;
        Ok::<_, Failure>(rows)
    });
    rows.await?
}

/// Fills an empty data directory from a backup; returns the number of rows.
pub async fn read(file: &Path, opener: Opener, data: &Path, keys: &Path) -> Result<u64, Failure> {
    let decryptor = Decryptor::new(BufReader::new(File::open(file)?))?;
    let identity = identity(&opener)?;
    let mut input = decryptor.decrypt(std::iter::once(&*identity))?;
    let header: Header = serde_json::from_slice(&Zeroizing::new(store::backup::read_header(&mut input)?))?;
    restore_keys(header, keys)?;
    std::fs::create_dir_all(data)?;
    let kv = Embedded::open(&data.join("store"), domain::spaces::ALL)?;
    let mut input: Box<dyn Read + Send> = Box::new(input);
    Ok(store::backup::import(&mut *input, &kv).await?)
}

/// Writes the keys; a backup without the master key needs the one that is in place.
fn restore_keys(header: Header, dir: &Path) -> Result<(), Failure> {
    let master = match header.master {
        Some(master) => Zeroizing::new(master),
        None => Zeroizing::new(std::fs::read(dir.join("master.key")).map_err(|_| {
            format!("this backup holds no master key: put the server's master.key into {} first", dir.display())
        })?),
    };
    let bytes = |it: &[u8]| <[u8; 32]>::try_from(it).map(Zeroizing::new).map_err(|_| "a key in the backup is cut off");
    let keys = ServerKeys {
        rsa: crypto::rsa::ServerKey::from_pem(&header.rsa)?,
        root: bytes(&header.root)?,
        master: bytes(&master)?,
    };
    keys.write(dir)?;
    Ok(())
}

fn encryptor(lock: &Lock) -> Result<Encryptor, Failure> {
    match (&lock.recipient, &lock.passphrase) {
        (Some(recipient), _) => {
            let recipient = age::x25519::Recipient::from_str(recipient)?;
            Ok(Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))?)
        }
        (None, Some(passphrase)) => Ok(Encryptor::with_user_passphrase(SecretString::from(passphrase.clone()))),
        (None, None) => Err("name a --recipient, or set CHAPPE_PASSPHRASE".into()),
    }
}

fn identity(opener: &Opener) -> Result<Box<dyn Identity>, Failure> {
    match (&opener.identity, &opener.passphrase) {
        (Some(file), _) => {
            let text = Zeroizing::new(std::fs::read_to_string(file)?);
            let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-"));
            let line = line.ok_or_else(|| format!("{} holds no age identity", file.display()))?;
            Ok(Box::new(age::x25519::Identity::from_str(line)?))
        }
        (None, Some(passphrase)) => Ok(Box::new(age::scrypt::Identity::new(SecretString::from(passphrase.clone())))),
        (None, None) => Err("name an --identity, or set CHAPPE_PASSPHRASE".into()),
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
        assert_eq!(write(&kv, &keys, &file, lock, true).await.unwrap(), 1);
        let opener = |word: &str| Opener { identity: None, passphrase: Some(word.into()) };
        let (data, place) = (dir.join("data2"), dir.join("keys2"));
        assert!(read(&file, opener("telegraph"), &data, &place).await.is_err());
        assert_eq!(read(&file, opener("semaphore"), &data, &place).await.unwrap(), 1);
        let again = ServerKeys::open(&place).unwrap();
        assert_eq!((again.rsa.fingerprint(), &*again.master), (keys.rsa.fingerprint(), &*keys.master));
        let store = Embedded::open(&data.join("store"), domain::spaces::ALL).unwrap();
        assert_eq!(store.get(&key).await.unwrap().as_deref(), Some(&b"row"[..]));
        drop(store);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
