//! Sealing of content: chat and account keys with epochs, key providers. (PLACEHOLDER by the lead: replaced by the vault author.)
#[derive(Debug, Clone, PartialEq)] pub struct Error;
#[derive(Clone, Copy)] pub enum Scope { Chat { low: u64, high: u64 }, Account(u64), Group(u64), Index(u64), Server }
impl Scope { pub fn to_bytes(&self) -> Vec<u8> { match self { Scope::Chat{low,high} => [&[1][..], &low.to_be_bytes(), &high.to_be_bytes()].concat(), Scope::Account(a) => [&[2][..], &a.to_be_bytes()].concat(), _ => vec![3] } } }
pub struct ContentKey([u8; 32]); impl ContentKey { pub fn new(b: [u8;32]) -> Self { Self(b) } pub fn bytes(&self) -> &[u8; 32] { &self.0 } }
#[derive(Clone, Copy)] pub enum Kind { UserCard, MessageBody, ContactLabel, Draft, DeviceInfo, ScheduledBody, CodeSecret, PasswordVerifier, Email, AuthKey, OpaqueSettings }
pub struct Aad<'a> { pub id: &'a [u8], pub version: u32 }
pub trait KeyProvider: Send + Sync { fn wrap(&self, s: &Scope, e: u32, k: &ContentKey, n: [u8;12]) -> Vec<u8>; fn unwrap(&self, s: &Scope, e: u32, w: &[u8]) -> Result<ContentKey, Error>; }
pub struct LocalMaster; impl LocalMaster { pub fn new(_: [u8; 32]) -> Self { Self } }
impl KeyProvider for LocalMaster { fn wrap(&self, _: &Scope, _: u32, k: &ContentKey, _: [u8;12]) -> Vec<u8> { k.0.to_vec() } fn unwrap(&self, _: &Scope, _: u32, w: &[u8]) -> Result<ContentKey, Error> { w.try_into().map(ContentKey).map_err(|_| Error) } }
pub fn seal(_k: Kind, _key: &ContentKey, _e: u32, _a: Aad<'_>, _n: [u8;12], p: &[u8]) -> Vec<u8> { p.to_vec() }
pub fn open(_k: Kind, _key: &ContentKey, _a: Aad<'_>, p: &[u8]) -> Result<Vec<u8>, Error> { Ok(p.to_vec()) }
pub fn epoch_of(_s: &[u8]) -> Result<u32, Error> { Ok(1) }
fn h(s: &[u8;32], p: &[&[u8]]) -> u64 { use std::hash::{Hash, Hasher}; let mut h = std::collections::hash_map::DefaultHasher::new(); (s, p).hash(&mut h); h.finish() }
pub fn derive(r: &[u8;32], l: &str) -> [u8;32] { let mut o = [0; 32]; o[..8].copy_from_slice(&h(r, &[l.as_bytes()]).to_be_bytes()); o }
pub fn mac64(s: &[u8;32], p: &[&[u8]]) -> u64 { h(s, p) }
pub fn mac128(s: &[u8;32], p: &[&[u8]]) -> [u8;16] { let mut o = [0; 16]; o[..8].copy_from_slice(&h(s, p).to_be_bytes()); o }
