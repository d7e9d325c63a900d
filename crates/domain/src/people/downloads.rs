//! What clients fetch by themselves: three presets, of which the low and the high one are the account's to change.
//! Source: core.telegram.org/constructor/account.autoDownloadSettings.

use store::Key;

use crate::{
    caller::Caller,
    ids::UserId,
    record,
    refusal::Refusal,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    view::{Decided, Rows, load},
};

/// The kind of this row among the account's settings; the preset's number follows.
const KIND: u8 = 131;

/// Bytes of the largest file, above which no limit says anything.
pub const SIZE_MAX: u64 = 4000 << 19;

record! {
    /// A preset.
    pub struct Downloads {
        1 => disabled: bool,
        2 => video_preload_large: bool,
        3 => audio_preload_next: bool,
        4 => calls_less_data: bool,
        5 => stories_preload: bool,
        /// Bytes.
        6 => photo_max: u32,
        7 => video_max: u64,
        8 => file_max: u64,
        /// Kilobits a second with which videos are sent.
        9 => upload_bitrate: u32,
        10 => small_queue: u32,
        11 => large_queue: u32,
    }
}

/// The presets; the numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Little is fetched.
    Low = 1,
    /// As clients begin.
    Medium = 2,
    /// Much is.
    High = 3,
}

/// A preset of an account: as it was set, or as it comes with the server.
pub fn preset(view: &(impl Rows + ?Sized), user: UserId, which: Preset) -> Decided<Downloads> {
    Ok(load(view, &key(user, which))?.unwrap_or_else(|| built_in(which)))
}

/// Source: the sizes and rates are those that Telegram for Android begins with (`DownloadController`), whose low preset
/// fetches photos alone; the queues are `small_queue_max_active_operations_count` and `large_…` of help.getAppConfig, as
/// Telegram's servers answer it. core.telegram.org tells what the fields mean and no values.
fn built_in(which: Preset) -> Downloads {
    let (video_max, file_max, upload_bitrate) = match which {
        Preset::Low => (0, 0, 50),
        Preset::Medium => (10 << 20, 1 << 20, 100),
        Preset::High => (15 << 20, 3 << 20, 100),
    };
    Downloads {
        video_preload_large: which != Preset::Low,
        audio_preload_next: which != Preset::Low,
        calls_less_data: which == Preset::Low,
        stories_preload: which != Preset::Low,
        photo_max: 1 << 20,
        video_max,
        file_max,
        upload_bitrate,
        small_queue: 5,
        large_queue: 2,
        ..Downloads::default()
    }
}

/// Changes a preset.
pub struct SetPreset {
    /// Who.
    pub by: Caller,
    /// Which; the medium one is the server's.
    pub which: Preset,
    /// To what.
    pub to: Downloads,
}

impl Command for SetPreset {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let it = &self.to;
        let largest = it.video_max.max(it.file_max).max(u64::from(it.photo_max));
        if self.which == Preset::Medium || largest > SIZE_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        turn.put(key(self.by.user, self.which), it);
        Ok(())
    }
}

fn key(user: UserId, which: Preset) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(KIND).u8(which as u8).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Hall;

    #[test]
    fn a_preset_is_kept_and_the_medium_one_is_the_servers() {
        let hall = Hall::new();
        let ann = hall.person("A", "9996621001");
        let read = |which| hall.ask(|view| preset(view, ann.user, which)).unwrap();
        assert_eq!(read(Preset::Low), built_in(Preset::Low));
        let to = Downloads { file_max: 77, ..built_in(Preset::High) };
        let set = |which, to: &Downloads| hall.run(SetPreset { by: ann, which, to: to.clone() });
        set(Preset::Low, &to).unwrap();
        assert_eq!((read(Preset::Low), read(Preset::High)), (to.clone(), built_in(Preset::High)));
        assert_eq!(set(Preset::Medium, &to), Err(Refusal::LimitInvalid));
        let most = Downloads { video_max: SIZE_MAX, ..to.clone() };
        assert_eq!(set(Preset::High, &most), Ok(()));
        let more = Downloads { video_max: SIZE_MAX + 1, ..to };
        assert_eq!(set(Preset::High, &more), Err(Refusal::LimitInvalid));
    }
}
