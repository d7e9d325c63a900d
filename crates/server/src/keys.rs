//! The keys directory: the RSA key that clients trust, the root of derived secrets, the content
//! master key. Made at the first start, readable by the owner alone.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use rand::RngCore;
use zeroize::Zeroizing;

pub const RSA_FILE: &str = "rsa.pem";
pub const ROOT_FILE: &str = "root.key";
pub const MASTER_FILE: &str = "master.key";

/// Everything secret that a server starts with.
pub struct ServerKeys {
    /// Clients trust its public half.
    pub rsa: crypto::rsa::ServerKey,
    /// Access hashes, name hashes, server salts and index tokens derive from it.
    pub root: Zeroizing<[u8; 32]>,
    /// Wraps every content key.
    pub master: Zeroizing<[u8; 32]>,
}

/// Why the keys don't read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("{path} has {got} bytes, 32 are expected: restore it from a backup")]
    Length { path: PathBuf, got: usize },
    #[error("{path} is not an RSA key of 2048 bits: restore it from a backup")]
    Rsa { path: PathBuf },
    #[error("{0} holds data but {1} holds no keys for it: name the right --keys, or restore a backup")]
    DataWithoutKeys(PathBuf, PathBuf),
}

impl ServerKeys {
    /// Reads the keys, or makes them where there are none; data without keys is an error, since new
    /// keys could not open it.
    pub fn open_or_make(dir: &Path, data: &Path) -> Result<Self, KeysError> {
        if !dir.join(RSA_FILE).exists() {
            if data.join(crate::wiring::STORE).exists() {
                return Err(KeysError::DataWithoutKeys(data.to_owned(), dir.to_owned()));
            }
            make(dir)?;
        }
        Self::open(dir)
    }

    /// Reads the keys.
    pub fn open(dir: &Path) -> Result<Self, KeysError> {
        let path = dir.join(RSA_FILE);
        let pem = Zeroizing::new(fs::read_to_string(&path).map_err(at(&path))?);
        let rsa = crypto::rsa::ServerKey::from_pem(&pem).map_err(|_| KeysError::Rsa { path })?;
        Ok(Self { rsa, root: read_32(&dir.join(ROOT_FILE))?, master: read_32(&dir.join(MASTER_FILE))? })
    }

    /// Writes keys that came from a backup; those in place already are the same.
    pub fn write(&self, dir: &Path) -> Result<(), KeysError> {
        make_dir(dir)?;
        let pem = self.rsa.to_pem();
        let all: [(_, &[u8]); 3] = [(ROOT_FILE, &*self.root), (MASTER_FILE, &*self.master), (RSA_FILE, pem.as_bytes())];
        let missing = all.iter().map(|(name, bytes)| (dir.join(name), bytes)).filter(|(path, _)| !path.exists());
        missing.into_iter().try_for_each(|(path, bytes)| write_private(&path, bytes))
    }
}

#[allow(clippy::disallowed_methods, reason = "keys are drawn where the server starts")]
fn make(dir: &Path) -> Result<(), KeysError> {
    make_dir(dir)?;
    let draw = || {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(&mut *bytes);
        bytes
    };
    write_private(&dir.join(ROOT_FILE), &*draw())?;
    write_private(&dir.join(MASTER_FILE), &*draw())?;
    let rsa = crypto::rsa::ServerKey::generate().map_err(|_| KeysError::Rsa { path: dir.join(RSA_FILE) })?;
    write_private(&dir.join(RSA_FILE), rsa.to_pem().as_bytes())
}

fn make_dir(dir: &Path) -> Result<(), KeysError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(at(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(path))
}

fn read_32(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let bytes = Zeroizing::new(fs::read(path).map_err(at(path))?);
    let array = <[u8; 32]>::try_from(bytes.as_slice());
    array.map(Zeroizing::new).map_err(|_| KeysError::Length { path: path.to_owned(), got: bytes.len() })
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeysError {
    let path = path.to_owned();
    move |error| KeysError::File { path, error }
}
