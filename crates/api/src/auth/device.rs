//! What a connection says of itself: layer and device, kept with the key.

use domain::accounts::devices::{Device, NoteDevice, is_new};
use tl::wrappers::InitConnection;

use crate::{Cx, RpcError};

/// Letters kept of each thing that a connection says.
const TEXT_MAX: usize = 128;

/// Keeps the layer and the device of the request's key, when they changed.
pub(crate) async fn note(cx: &Cx, init: Option<&InitConnection>) -> Result<(), RpcError> {
    let (key, layer) = (cx.key(), cx.layer.get());
    let device = init.map(|it| device(cx, it));
    let new = cx.domain.query(|view| is_new(view, key, layer, device.as_ref())).await?;
    if new {
        cx.domain.command(NoteDevice { key, layer, device }).await?;
    }
    Ok(())
}

fn device(cx: &Cx, init: &InitConnection) -> Device {
    let text = |it: &str| it.chars().filter(|letter| !letter.is_control()).take(TEXT_MAX).collect::<String>();
    Device {
        api_id: init.api_id,
        model: text(&init.device_model),
        system: text(&init.system_version),
        app_version: text(&init.app_version),
        lang_code: text(&init.system_lang_code),
        lang_pack: text(&init.lang_pack),
        address: cx.info.address.ip().to_canonical().to_string(),
        ..Device::default()
    }
}
