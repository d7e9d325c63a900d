//! Conversion of serialized TL between layers, both directions, driven by tables.
//!
//! The tables are derived from the schemas of the two layers (fields dropped, added with a zero
//! default, moved, retyped) plus a few rules by name (`rules`). Downgrading thins out what the
//! older layer cannot express: a stand-in of the type where there is one, else the nearest
//! optional field or vector element around goes; an update that carries `pts` or `qts` becomes one
//! with the same counters. Upgrading never thins out a request: what cannot be said is an error.
//!
//! Nothing here depends on the recipient: one conversion per distinct layer serves all. Unchanged
//! spans are copied whole, and nothing is allocated but the output.

pub mod audit;
mod compile;
mod convert;
mod derive;
mod emit;
mod kin;
mod map;
mod parts;
mod plan;
mod record;
mod retype;
pub(crate) mod rules;
mod table;

use crate::layer::{KNOWN, Layer};
use crate::schema::{Kind, Ty, schema};
use crate::walk::{self, Limits, WalkError};
use convert::{Converter, Stop};
use grammers_tl_types::{Identifiable, types};
use plan::Conv;
use std::borrow::Cow;
use std::sync::OnceLock;
use table::Table;

const ANY: Ty = Ty { kind: Kind::Any, arg: 0 };

/// Why bytes were not converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranscodeError {
    /// The bytes are not a valid value of the source layer: the peer's fault when upgrading, ours
    /// when downgrading.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The value has no form in the target layer.
    #[error("constructor {id:#010x} has no form in the other layer")]
    NoForm {
        /// Constructor that could not be written.
        id: u32,
    },
    /// A result of an unknown method.
    #[error("no method {id:#010x}")]
    NoMethod {
        /// The id given.
        id: u32,
    },
}

impl From<Stop> for TranscodeError {
    fn from(stop: Stop) -> TranscodeError {
        match stop {
            Stop::Walk(e) => TranscodeError::Walk(e),
            Stop::NoForm(id) => TranscodeError::NoForm { id },
        }
    }
}

/// A validated request in the newest layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded<'a> {
    /// Constructor id of the method in the newest layer.
    pub id: u32,
    /// The whole request, id included; borrowed where nothing changed.
    pub bytes: Cow<'a, [u8]>,
}

/// An upgraded request is at most twice as long as it came and [`ADDED`] longer; the answers of a
/// poll are what grows most, from 12 bytes to 28.
pub const GROWTH: usize = 2;
/// Bytes that a short request may gain besides: what today's methods require and older ones had
/// not. The longest poll that clients make, 12 answers of a letter each, stays within it.
pub const ADDED: usize = 64;

fn table(layer: Layer, up: bool) -> &'static Table {
    static DOWN: [OnceLock<Table>; KNOWN] = [const { OnceLock::new() }; KNOWN];
    static UP: [OnceLock<Table>; KNOWN] = [const { OnceLock::new() }; KNOWN];
    let all = if up { &UP } else { &DOWN };
    all[layer.index()].get_or_init(|| match up {
        true => Table::new(layer, Layer::NEWEST),
        false => Table::new(Layer::NEWEST, layer),
    })
}

/// Builds the tables of the layers that most clients speak (some milliseconds each). Those of any
/// other layer are built when its first client comes.
pub fn prepare() {
    for layer in Layer::all().filter(|l| !l.is_newest() && l.get() + 4 > Layer::NEWEST.get()) {
        table(layer, true);
        table(layer, false);
    }
}

/// Validates one whole request of `layer` (wrappers taken off), puts peers right that are named by a near
/// type, and rewrites it into the newest layer. Bytes after the request are an error, and so is one that grows past [`GROWTH`].
pub fn upgrade<'a>(layer: Layer, request: &'a [u8], limits: &Limits) -> Result<Upgraded<'a>, TranscodeError> {
    let (walked, request) = kin::request(layer, request, limits)?;
    if walked.end != request.len() {
        let count = request.len() - walked.end;
        return Err(WalkError::Trailing { count }.into());
    }
    if layer.is_newest() {
        return Ok(Upgraded { id: walked.id, bytes: request });
    }
    let mut out = Vec::new();
    let mut converter = Converter::new(table(layer, true), &request, &mut out)?;
    converter.value(ANY)?;
    converter.at_end()?;
    if converter.copied == 0 {
        return Ok(Upgraded { id: walked.id, bytes: request });
    }
    converter.flush();
    // The rules add bytes, so the newest layer's limits are checked on what will be decoded.
    let grown = Limits { bytes: limits.bytes.min(request.len() * GROWTH + ADDED), ..*limits };
    let id = walk::request(Layer::NEWEST, &out, &grown)?.id;
    Ok(Upgraded { id, bytes: Cow::Owned(out) })
}

/// Appends to `out` one whole object (an update, `updates`, anything boxed) of the newest layer
/// as `layer` has it. On an error `out` is as before. Debug builds check that what comes out is of
/// the layer: a typed struct with only one of two fields on a shared flag bit serializes to
/// garbage without a word.
pub fn downgrade(layer: Layer, object: &[u8], out: &mut Vec<u8>) -> Result<(), TranscodeError> {
    let start = out.len();
    if layer.is_newest() || down(layer, object, out, |c| c.value(ANY))? == Form::Same {
        out.extend_from_slice(object);
    }
    debug_assert_eq!(
        walk::object(layer, &out[start..], &Limits::OWN).map(|w| w.end),
        Ok(out.len() - start),
        "our own output is broken"
    );
    Ok(())
}

/// Appends to `out` the result of the method with the newest layer's id `method`, as a client of
/// `layer` expects it. `rpc_error` passes unchanged. On an error `out` is as before.
pub fn downgrade_result(layer: Layer, method: u32, result: &[u8], out: &mut Vec<u8>) -> Result<(), TranscodeError> {
    if down_result(layer, method, result, out)? == Form::Same {
        out.extend_from_slice(result);
    }
    Ok(())
}

/// As [`downgrade_result`], giving back what came where it is the same at that layer: a part of a
/// file is copied by nobody.
pub fn downgraded_result(layer: Layer, method: u32, result: Vec<u8>) -> Result<Vec<u8>, TranscodeError> {
    let mut out = Vec::new();
    Ok(match down_result(layer, method, &result, &mut out)? {
        Form::Same => result,
        Form::Other => out,
    })
}

/// Whether a value is the same at another layer. If so, nothing was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Same,
    Other,
}

fn down_result(layer: Layer, method: u32, result: &[u8], out: &mut Vec<u8>) -> Result<Form, TranscodeError> {
    let error = result.starts_with(&types::RpcError::CONSTRUCTOR_ID.to_le_bytes());
    if layer.is_newest() || error {
        debug_assert!(error || is_whole_result(method, result), "our own result is broken");
        return Ok(Form::Same);
    }
    let table = table(layer, false);
    let schema = schema();
    let no_method = TranscodeError::NoMethod { id: method };
    let index = table.source.find(method).ok_or(no_method)?;
    let d = schema.decl(index);
    if !d.function {
        return Err(no_method);
    }
    let name = rules::renamed(table.target, schema.name(d.name), true);
    let wanted = table.target.named(name, true).map_or(d.result, |i| schema.decl(i).result);
    match rules::conversion(d.result, wanted, "") {
        Conv::Keep => down(layer, result, out, |c| c.value(d.result)),
        conv => down(layer, result, out, |c| c.convert(conv, d.result)),
    }
}

fn is_whole_result(method: u32, result: &[u8]) -> bool {
    let walked = walk::result(Layer::NEWEST, method, result, &Limits::OWN);
    walked.is_ok_and(|w| w.end == result.len())
}

/// Converts one value and expects the bytes to end with it.
fn down(
    layer: Layer,
    bytes: &[u8],
    out: &mut Vec<u8>,
    value: impl FnOnce(&mut Converter<'_, '_>) -> convert::Step,
) -> Result<Form, TranscodeError> {
    let start = out.len();
    let mut converter = Converter::new(table(layer, false), bytes, out)?;
    match value(&mut converter).and_then(|()| converter.at_end()) {
        Ok(()) if converter.copied == 0 => Ok(Form::Same),
        Ok(()) => {
            converter.flush();
            Ok(Form::Other)
        }
        Err(stop) => {
            out.truncate(start);
            Err(stop.into())
        }
    }
}

#[cfg(test)]
mod tests;
