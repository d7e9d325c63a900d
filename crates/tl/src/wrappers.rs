//! The `invokeWith*` wrappers, parsed by hand: grammers cannot decode generic functions.

use crate::layer::Layer;
use crate::schema::{Kind, Ty, View};
use crate::walk::{Limits, Reader, VECTOR_OF_OBJECTS, WalkError};
use grammers_tl_types::functions::{
    InitConnection as InitConnectionFn, InvokeAfterMsg, InvokeAfterMsgs, InvokeWithApnsSecret,
    InvokeWithBusinessConnection, InvokeWithGooglePlayIntegrity, InvokeWithLayer, InvokeWithMessagesRange,
    InvokeWithReCaptcha, InvokeWithTakeout, InvokeWithoutUpdates,
};
use grammers_tl_types::types::MessageRange;
use grammers_tl_types::{Blob, Identifiable};

/// Nesting of wrappers. Real clients use three: layer, connection, and one of the others.
pub const MAX_WRAPPERS: usize = 8;

/// Message ids in all `invokeAfterMsgs` of one request.
pub const MAX_AFTER: usize = 256;

/// What a client says of itself in `initConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitConnection {
    /// The application's id.
    pub api_id: i32,
    /// E.g. `Pixel 8`.
    pub device_model: String,
    /// E.g. `Android 15`.
    pub system_version: String,
    /// The application's version.
    pub app_version: String,
    /// IETF tag of the device's language.
    pub system_lang_code: String,
    /// Name of the language pack; empty for most libraries.
    pub lang_pack: String,
    /// IETF tag of the language chosen.
    pub lang_code: String,
}

/// A request without its wrappers, and what they said.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Peeled<'a> {
    /// The layer announced by `invokeWithLayer`, not yet checked.
    pub layer: Option<i32>,
    /// `initConnection`.
    pub init: Option<InitConnection>,
    /// Run only after these messages (`invokeAfterMsg`, `invokeAfterMsgs`), in order of mention.
    pub after: Vec<i64>,
    /// `invokeWithoutUpdates`: the connection wants no pushes.
    pub no_updates: bool,
    /// `invokeWithTakeout`: the takeout session's id.
    pub takeout: Option<i64>,
    /// `invokeWithMessagesRange`: min and max message id.
    pub range: Option<(i32, i32)>,
    /// `invokeWithBusinessConnection`: the connection's id.
    pub business_connection: Option<&'a str>,
    /// A proof of a genuine app was attached (`invokeWithApnsSecret`,
    /// `invokeWithGooglePlayIntegrity`, `invokeWithReCaptcha`); its content is not kept.
    pub attested: bool,
    /// The request inside, id included. Not validated.
    pub query: &'a [u8],
}

/// Why wrappers could not be taken off. All of it is the peer's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeelError {
    /// A wrapper's own fields are broken.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// More than [`MAX_WRAPPERS`] wrappers.
    #[error("more than {MAX_WRAPPERS} nested wrappers")]
    Depth,
    /// More than [`MAX_AFTER`] ids to wait for.
    #[error("waits for more than {MAX_AFTER} messages")]
    After,
    /// The same wrapper twice with different meanings (layer, connection, takeout, range).
    #[error("wrapper {id:#010x} twice")]
    Twice {
        /// Constructor id of the wrapper.
        id: u32,
    },
}

/// Takes every wrapper off `bytes`, in whatever order they are nested.
pub fn peel(bytes: &[u8]) -> Result<Peeled<'_>, PeelError> {
    // The wrappers' own declarations have not changed in any known layer.
    let mut reader = Reader::new(View::of(Layer::NEWEST), bytes, Limits::REQUEST)?;
    let mut peeled = Peeled::default();
    for _ in 0..=MAX_WRAPPERS {
        peeled.query = &bytes[reader.pos..];
        let Ok(id) = reader.peek() else {
            return Ok(peeled);
        };
        if !take(id, &mut reader, &mut peeled)? {
            return Ok(peeled);
        }
    }
    Err(PeelError::Depth)
}

fn set<T: PartialEq>(id: u32, slot: &mut Option<T>, value: T) -> Result<(), PeelError> {
    match slot {
        Some(have) if *have != value => Err(PeelError::Twice { id }),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

/// Reads the wrapper with this id up to its query; false if it is none.
fn take<'a>(id: u32, r: &mut Reader<'a>, into: &mut Peeled<'a>) -> Result<bool, PeelError> {
    let start = r.pos;
    r.pos += 4;
    match id {
        InvokeWithLayer::<Blob>::CONSTRUCTOR_ID => set(id, &mut into.layer, int(r)?)?,
        InitConnectionFn::<Blob>::CONSTRUCTOR_ID => set(id, &mut into.init, init(r)?)?,
        InvokeAfterMsg::<Blob>::CONSTRUCTOR_ID => into.after.push(r.i64()?),
        InvokeAfterMsgs::<Blob>::CONSTRUCTOR_ID => {
            let n = r.count(VECTOR_OF_OBJECTS)?;
            if n as usize > MAX_AFTER {
                return Err(PeelError::After);
            }
            for _ in 0..n {
                into.after.push(r.i64()?);
            }
        }
        InvokeWithoutUpdates::<Blob>::CONSTRUCTOR_ID => into.no_updates = true,
        InvokeWithTakeout::<Blob>::CONSTRUCTOR_ID => set(id, &mut into.takeout, r.i64()?)?,
        InvokeWithMessagesRange::<Blob>::CONSTRUCTOR_ID => {
            let at = r.pos;
            let got = r.u32()?;
            if got != MessageRange::CONSTRUCTOR_ID {
                return Err(WalkError::WrongType { id: got, at }.into());
            }
            set(id, &mut into.range, (int(r)?, int(r)?))?;
        }
        InvokeWithBusinessConnection::<Blob>::CONSTRUCTOR_ID => {
            set(id, &mut into.business_connection, r.string()?)?;
        }
        InvokeWithGooglePlayIntegrity::<Blob>::CONSTRUCTOR_ID | InvokeWithApnsSecret::<Blob>::CONSTRUCTOR_ID => {
            r.string()?;
            r.string()?;
            into.attested = true;
        }
        InvokeWithReCaptcha::<Blob>::CONSTRUCTOR_ID => {
            r.string()?;
            into.attested = true;
        }
        _ => {
            r.pos = start;
            return Ok(false);
        }
    }
    if into.after.len() > MAX_AFTER {
        return Err(PeelError::After);
    }
    Ok(true)
}

fn int(r: &mut Reader<'_>) -> Result<i32, WalkError> {
    Ok(r.u32()?.cast_signed())
}

fn init(r: &mut Reader<'_>) -> Result<InitConnection, WalkError> {
    let flags = r.u32()?;
    let init = InitConnection {
        api_id: int(r)?,
        device_model: r.string()?.to_owned(),
        system_version: r.string()?.to_owned(),
        app_version: r.string()?.to_owned(),
        system_lang_code: r.string()?.to_owned(),
        lang_pack: r.string()?.to_owned(),
        lang_code: r.string()?.to_owned(),
    };
    // The proxy and the params are walked over, not kept: nothing here needs them, and decoding
    // the params' JSON is what overflows a stack.
    for (bit, name) in [(0, "InputClientProxy"), (1, "JSONValue")] {
        if flags >> bit & 1 == 1 {
            let arg = r.schema.boxed_named(name).expect("initConnection's own types");
            r.value(Ty { kind: Kind::Boxed, arg })?;
        }
    }
    Ok(init)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::{Serializable, enums, functions, types};

    fn wrapped() -> Vec<u8> {
        let query = functions::InitConnection {
            api_id: 6,
            device_model: "Model".into(),
            system_version: "1".into(),
            app_version: "2".into(),
            system_lang_code: "en-US".into(),
            lang_pack: String::new(),
            lang_code: "en".into(),
            proxy: Some(enums::InputClientProxy::Proxy(types::InputClientProxy {
                address: "127.0.0.1".into(),
                port: 443,
            })),
            params: Some(enums::Jsonvalue::JsonArray(types::JsonArray { value: vec![enums::Jsonvalue::JsonNull] })),
            query: functions::InvokeAfterMsgs {
                msg_ids: vec![4, 8],
                query: functions::InvokeWithoutUpdates { query: functions::help::GetConfig {} },
            },
        };
        functions::InvokeWithLayer { layer: 229, query }.to_bytes()
    }

    #[test]
    fn wrappers_come_off_whatever_their_order() {
        let bytes = wrapped();
        let peeled = peel(&bytes).unwrap();
        assert_eq!(peeled.layer, Some(229));
        let init = peeled.init.unwrap();
        assert_eq!((init.api_id, &init.device_model[..]), (6, "Model"));
        assert_eq!((&init.lang_code[..], &init.system_lang_code[..]), ("en", "en-US"));
        assert_eq!(peeled.after, [4, 8]);
        assert!(peeled.no_updates && !peeled.attested);
        assert_eq!(peeled.query, functions::help::GetConfig {}.to_bytes());

        let range = enums::MessageRange::Range(types::MessageRange { min_id: 3, max_id: 9 });
        let bytes = functions::InvokeWithMessagesRange {
            range,
            query: functions::InvokeWithTakeout {
                takeout_id: 77,
                query: functions::InvokeWithBusinessConnection {
                    connection_id: "biz".into(),
                    query: functions::InvokeWithReCaptcha {
                        token: "t".into(),
                        query: functions::InvokeAfterMsg { msg_id: 5, query: functions::help::GetNearestDc {} },
                    },
                },
            },
        }
        .to_bytes();
        let peeled = peel(&bytes).unwrap();
        assert_eq!((peeled.range, peeled.takeout), (Some((3, 9)), Some(77)));
        assert_eq!((peeled.business_connection, peeled.after), (Some("biz"), vec![5]));
        assert!(peeled.attested && peeled.layer.is_none());
        assert_eq!(peeled.query, functions::help::GetNearestDc {}.to_bytes());
    }

    #[test]
    fn a_request_without_wrappers_is_its_own_query() {
        for bytes in [&functions::help::GetConfig {}.to_bytes()[..], b"", b"xy"] {
            assert_eq!(peel(bytes), Ok(Peeled { query: bytes, ..Peeled::default() }));
        }
    }

    #[test]
    fn nesting_and_waiting_have_limits() {
        let nest = |n: usize| {
            let mut bytes = Vec::new();
            for _ in 0..n {
                bytes.extend(InvokeWithoutUpdates::<Blob>::CONSTRUCTOR_ID.to_le_bytes());
            }
            functions::help::GetConfig {}.serialize(&mut bytes);
            bytes
        };
        assert!(peel(&nest(MAX_WRAPPERS)).is_ok());
        assert_eq!(peel(&nest(MAX_WRAPPERS + 1)), Err(PeelError::Depth));
        assert_eq!(peel(&nest(100_000)), Err(PeelError::Depth));
        let after = |n| {
            let msg_ids = vec![1; n];
            functions::InvokeAfterMsgs { msg_ids, query: functions::help::GetConfig {} }.to_bytes()
        };
        assert!(peel(&after(MAX_AFTER)).is_ok());
        assert_eq!(peel(&after(MAX_AFTER + 1)), Err(PeelError::After));
    }

    #[test]
    fn contradicting_wrappers_are_refused_and_repeated_ones_not() {
        let twice = |a, b| {
            let query = functions::InvokeWithLayer { layer: b, query: functions::help::GetConfig {} };
            functions::InvokeWithLayer { layer: a, query }.to_bytes()
        };
        assert_eq!(peel(&twice(229, 229)).unwrap().layer, Some(229));
        assert!(matches!(peel(&twice(229, 228)), Err(PeelError::Twice { .. })));
    }

    #[test]
    fn cut_off_or_deep_parameters_are_refused() {
        let bytes = wrapped();
        let query = peel(&bytes).unwrap().query.len();
        for cut in 4..bytes.len() - query {
            // Between two wrappers a cut leaves a shorter query; inside one it is an error.
            if let Ok(peeled) = peel(&bytes[..cut]) {
                assert!(peeled.query.len() < 4, "cut at {cut}");
            }
        }
        let mut deep = wrapped();
        let at = deep.windows(4).position(|w| w == types::JsonArray::CONSTRUCTOR_ID.to_le_bytes()).unwrap();
        let level = deep[at..at + 12].to_vec();
        deep.truncate(at);
        for _ in 0..5_000 {
            deep.extend(&level);
        }
        assert!(matches!(peel(&deep), Err(PeelError::Walk(WalkError::Depth { .. }))));
    }
}
