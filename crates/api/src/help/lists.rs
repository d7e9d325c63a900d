//! Lists of the world: countries, time zones, colours.

use tl::{
    enums,
    functions::help::{GetCountriesList, GetPeerColors, GetPeerProfileColors, GetTimezonesList},
    types,
};

use crate::{Cx, RpcError, render, table::Row};

/// ISO code, name, dialling code, pattern; a line each.
const COUNTRIES: &str = include_str!("countries.tsv");

/// IANA name and offset; a line each.
const TIMEZONES: &str = include_str!("timezones.tsv");

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetCountriesList, Any, Light => get_countries_list;
    GetPeerColors, User, Light => get_peer_colors;
    GetPeerProfileColors, User, Light => get_peer_profile_colors;
    GetTimezonesList, User, Light => get_timezones_list;
};

async fn get_countries_list(_cx: Cx, request: GetCountriesList) -> Result<enums::help::CountriesList, RpcError> {
    let hash = hash(COUNTRIES);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::help::CountriesList::NotModified);
    }
    Ok(types::help::CountriesList { countries: lines(COUNTRIES).filter_map(country).collect(), hash }.into())
}

fn country(line: &str) -> Option<enums::help::Country> {
    let mut cells = line.split('\t').map(str::to_owned);
    let (iso2, default_name, country_code, pattern) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let patterns = (!pattern.is_empty()).then(|| vec![pattern]);
    let code = types::help::CountryCode { country_code, prefixes: None, patterns };
    Some(
        types::help::Country { hidden: false, iso2, default_name, name: None, country_codes: vec![code.into()] }.into(),
    )
}

async fn get_timezones_list(_cx: Cx, request: GetTimezonesList) -> Result<enums::help::TimezonesList, RpcError> {
    let hash = hash(TIMEZONES);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::help::TimezonesList::NotModified);
    }
    Ok(types::help::TimezonesList { timezones: lines(TIMEZONES).filter_map(timezone).collect(), hash }.into())
}

fn timezone(line: &str) -> Option<enums::Timezone> {
    let (id, offset) = line.split_once('\t')?;
    let name = id.rsplit('/').next().unwrap_or(id).replace('_', " ");
    Some(types::Timezone { id: id.to_owned(), name, utc_offset: offset.parse().ok()? }.into())
}

async fn get_peer_colors(_cx: Cx, request: GetPeerColors) -> Result<enums::help::PeerColors, RpcError> {
    Ok(palette(request.hash))
}

async fn get_peer_profile_colors(_cx: Cx, request: GetPeerProfileColors) -> Result<enums::help::PeerColors, RpcError> {
    Ok(palette(request.hash))
}

/// The colours that every client draws without being told how are all there are.
/// Source: core.telegram.org/api/colors; TDLib 1.8.66 complains of options that repeat them.
fn palette(known: i32) -> enums::help::PeerColors {
    const HASH: i32 = 1;
    if known == HASH {
        return enums::help::PeerColors::NotModified;
    }
    types::help::PeerColors { hash: HASH, colors: Vec::new() }.into()
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

fn hash(table: &str) -> i32 {
    render::hash::of(table.bytes().map(i64::from)) as i32 & i32::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lists_reads() {
        assert!(lines(COUNTRIES).all(|line| country(line).is_some()));
        assert!(lines(COUNTRIES).count() > 200);
        assert!(lines(TIMEZONES).all(|line| timezone(line).is_some()));
    }
}
