//! `messages.*`: sending, reading, history, dialogs.

use crate::table::Row;

pub(crate) mod delete;
mod dialogs;
mod drafts;
mod edit;
pub(crate) mod folders;
mod forward;
mod gifs;
pub(crate) mod groups;
pub(crate) mod history;
mod input;
mod invites;
mod join_requests;
pub(crate) mod media;
mod polls;
mod reactions;
mod read;
mod saved;
mod scheduled;
mod search;
mod send;
mod settings;
mod startup;
pub(crate) mod stickers;
mod threads;
mod todo;
pub(crate) mod topics;
mod views;
mod wallpaper;
mod webpages;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[
        delete::ROWS,
        dialogs::ROWS,
        drafts::ROWS,
        edit::ROWS,
        folders::ROWS,
        forward::ROWS,
        gifs::ROWS,
        groups::common::ROWS,
        groups::info::ROWS,
        groups::manage::ROWS,
        groups::members::ROWS,
        groups::mentions::ROWS,
        groups::migrate::ROWS,
        groups::owner::ROWS,
        groups::pins::ROWS,
        groups::posts::ROWS,
        history::ROWS,
        invites::ROWS,
        join_requests::ROWS,
        media::ROWS,
        polls::ROWS,
        reactions::ROWS,
        read::ROWS,
        saved::ROWS,
        scheduled::ROWS,
        search::ROWS,
        send::ROWS,
        settings::ROWS,
        startup::ROWS,
        stickers::emoji_groups::ROWS,
        stickers::featured::ROWS,
        stickers::find::ROWS,
        stickers::installed::ROWS,
        stickers::sets::ROWS,
        stickers::shelf::ROWS,
        threads::ROWS,
        todo::ROWS,
        topics::ROWS,
        views::ROWS,
        wallpaper::ROWS,
        webpages::ROWS,
    ]
}
