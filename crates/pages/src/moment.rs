//! Days and times as pages show them: in UTC, since nobody knows where the reader is.

use time::OffsetDateTime;

/// A moment, unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) u32);

impl Moment {
    fn parts(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(i64::from(self.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// As machines read it, RFC 3339.
    pub(crate) fn exact(self) -> String {
        let it = self.parts();
        let (date, month) = (it.date(), u8::from(it.month()));
        let (hour, minute, second) = it.to_hms();
        format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", date.year(), date.day())
    }

    /// `14:05`.
    pub(crate) fn clock(self) -> String {
        let (hour, minute, _) = self.parts().to_hms();
        format!("{hour:02}:{minute:02}")
    }

    /// `14 July 1789`.
    pub(crate) fn day(self) -> String {
        let it = self.parts();
        format!("{} {} {}", it.day(), it.month(), it.year())
    }

    /// Days since 1970.
    pub(crate) fn days(self) -> u32 {
        self.0 / (24 * 3600)
    }
}

/// A number as people read it: `1,234`, `12.3K`, `4.5M`.
pub(crate) fn rounded(number: u64) -> String {
    let tenths = |unit: u64, sign: &str| {
        let tenths = number / (unit / 10);
        if tenths.is_multiple_of(10) {
            format!("{}{sign}", tenths / 10)
        } else {
            format!("{}.{}{sign}", tenths / 10, tenths % 10)
        }
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => tenths(1_000, "K"),
        _ => tenths(1_000_000, "M"),
    }
}

/// Every digit: `1 234 567`.
pub(crate) fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // Does not break over lines.
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_numbers_are_as_people_write_them() {
        let it = Moment(1_767_225_605);
        assert_eq!((it.exact().as_str(), it.clock().as_str()), ("2026-01-01T00:00:05Z", "00:00"));
        assert_eq!(it.day(), "1 January 2026");
        let shown = [0, 999, 1000, 1049, 12_345, 999_999, 1_000_000, 45_600_000].map(rounded).join(" ");
        assert_eq!(shown, "0 999 1K 1K 12.3K 999.9K 1M 45.6M");
        assert_eq!(whole(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(whole(12), "12");
    }
}
