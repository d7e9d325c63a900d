//! A poll as a client sends it, and what must be right about it.

use bytes::Bytes;

use super::{
    ANSWER_MAX, ANSWERS_MAX, ANSWERS_MIN, OPEN_SECONDS, OPTION_MAX, PollAnswer, PollBody, QUESTION_MAX,
    SOLUTION_LINES_MAX, SOLUTION_MAX, Styled,
};
use crate::{
    ids::{Peer, UserId},
    messages::{
        rows::{Entity, EntityKind},
        text,
    },
    refusal::Refusal,
    turn::Turn,
    view::{Decided, View},
};

/// An answer as a client sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewAnswer {
    /// Its text.
    pub text: Styled,
    /// Its name; `None`: the server names it.
    pub option: Option<Bytes>,
}

/// A poll as a client sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewPoll {
    /// What is asked.
    pub question: Styled,
    /// What may be answered.
    pub answers: Vec<NewAnswer>,
    /// Sent closed.
    pub closed: bool,
    /// Everybody sees who voted what.
    pub public: bool,
    /// Several answers may be chosen.
    pub multiple: bool,
    /// Some answers are right.
    pub quiz: bool,
    /// Voters may add answers.
    pub open: bool,
    /// Votes are final.
    pub no_revote: bool,
    /// Clients shuffle the answers.
    pub shuffle: bool,
    /// No results before it is closed.
    pub hidden: bool,
    /// Only who was a member a day before.
    pub members_only: bool,
    /// Places of the right answers.
    pub correct: Vec<i32>,
    /// Why they are right.
    pub solution: Option<Styled>,
    /// Seconds for which it is open.
    pub period: Option<i32>,
    /// When it closes, unix seconds.
    pub close_date: Option<i32>,
}

impl NewPoll {
    /// The poll as it is kept, under a fresh number.
    pub(in crate::messages) fn checked(&self, turn: &mut Turn<'_>, by: UserId, peer: Peer) -> Decided<PollBody> {
        let grouped = peer.user().is_none();
        if self.open && (!grouped || self.quiz) || self.members_only && peer.channel().is_none() {
            return Err(Refusal::MediaInvalid.into());
        }
        let question = styled(&self.question, QUESTION_MAX).ok_or(Refusal::PollQuestionInvalid)?;
        let answers = self.answers()?;
        let correct = self.correct(answers.len())?;
        let (period, close_date) = self.closing(turn.now().secs())?;
        // Sixteen bits of the home's vshard, 47 random ones: never negative as TL carries it.
        let drawn = u64::from_be_bytes(turn.draw()) >> 17;
        Ok(PollBody {
            id: drawn.max(1) << 16 | u64::from(peer.vshard().0),
            creator: by,
            question,
            answers,
            public: self.public,
            multiple: self.multiple,
            quiz: self.quiz,
            open: self.open,
            no_revote: self.no_revote,
            shuffle: self.shuffle,
            hidden: self.hidden,
            members_only: self.members_only,
            correct,
            solution: self.solution()?,
            period,
            close_date,
            closed: self.closed,
            home: peer,
            ..PollBody::default()
        })
    }

    fn answers(&self) -> Result<Vec<PollAnswer>, Refusal> {
        let least = if self.open { 1 } else { ANSWERS_MIN };
        if self.answers.len() < least || self.answers.len() > ANSWERS_MAX {
            return Err(Refusal::PollAnswersInvalid);
        }
        let mut answers: Vec<PollAnswer> = Vec::with_capacity(self.answers.len());
        for (place, it) in self.answers.iter().enumerate() {
            let text = styled(&it.text, ANSWER_MAX).ok_or(Refusal::PollAnswerInvalid)?;
            let option = it.option.clone().unwrap_or_else(|| named(place));
            if option.is_empty() || option.len() > OPTION_MAX {
                return Err(Refusal::PollOptionInvalid);
            }
            if answers.iter().any(|it| it.option == option) {
                return Err(Refusal::PollOptionDuplicate);
            }
            answers.push(PollAnswer { text, option, ..PollAnswer::default() });
        }
        Ok(answers)
    }

    fn correct(&self, answers: usize) -> Result<Vec<u32>, Refusal> {
        if !self.quiz {
            return if self.correct.is_empty() { Ok(Vec::new()) } else { Err(Refusal::QuizCorrectAnswersTooMuch) };
        }
        let mut places = Vec::with_capacity(self.correct.len());
        for &it in &self.correct {
            let place = u32::try_from(it).map_err(|_| Refusal::QuizCorrectAnswerInvalid)?;
            if place as usize >= answers || places.contains(&place) {
                return Err(Refusal::QuizCorrectAnswerInvalid);
            }
            places.push(place);
        }
        match places.len() {
            0 => Err(Refusal::QuizCorrectAnswersEmpty),
            2.. if !self.multiple => Err(Refusal::QuizCorrectAnswersTooMuch),
            _ => Ok(places),
        }
    }

    fn solution(&self) -> Result<Option<Styled>, Refusal> {
        let Some(it) = self.solution.as_ref().filter(|it| !it.text.trim().is_empty()) else { return Ok(None) };
        if !self.quiz {
            return Err(Refusal::MediaInvalid);
        }
        let cleaned = text::clean(&it.text, &it.entities)?;
        let lines = cleaned.text.matches('\n').count();
        if cleaned.text.chars().count() > SOLUTION_MAX || lines > SOLUTION_LINES_MAX {
            return Err(Refusal::MessageTooLong);
        }
        Ok(Some(Styled { text: cleaned.text, entities: cleaned.entities, ..Styled::default() }))
    }

    /// How long it is open, and when it closes; a queued poll's time begins when it is sent.
    fn closing(&self, now: u32) -> Result<(u32, u32), Refusal> {
        let seconds = |it: i32| u32::try_from(it).ok().filter(|it| OPEN_SECONDS.contains(it));
        match (self.period, self.close_date) {
            (None, None) => Ok((0, 0)),
            (Some(period), None) => {
                let period = seconds(period).ok_or(Refusal::MediaInvalid)?;
                Ok((period, now.saturating_add(period)))
            }
            (None, Some(date)) => {
                let date = u32::try_from(date).map_err(|_| Refusal::MediaInvalid)?;
                let ahead = date.checked_sub(now).filter(|it| OPEN_SECONDS.contains(it));
                ahead.map(|_| (0, date)).ok_or(Refusal::MediaInvalid)
            }
            (Some(_), Some(_)) => Err(Refusal::MediaInvalid),
        }
    }
}

/// The name that the server gives to an answer: its place, as one letter. Source: TDLib names them so.
pub(super) fn named(place: usize) -> Bytes {
    let letter = b'0'.saturating_add(u8::try_from(place).unwrap_or(u8::MAX));
    Bytes::copy_from_slice(&[letter])
}

/// One line of up to `max` characters; of marks only custom emoji stay. `None`: empty or too long.
/// Source: core.telegram.org/constructor/poll.
pub(in crate::messages) fn styled(it: &Styled, max: usize) -> Option<Styled> {
    let text: String = it.text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let units = |it: &str| u32::try_from(it.encode_utf16().count()).unwrap_or(u32::MAX);
    let cut = units(&text[..text.len() - text.trim_start().len()]);
    let text = text.trim().to_owned();
    if text.is_empty() || text.chars().count() > max {
        return None;
    }
    let mut entities = text::clip(&it.entities, cut, units(&text));
    entities.retain(|it| matches!(it.kind, EntityKind::CustomEmoji { .. }));
    entities.sort_by_key(|it: &Entity| it.offset);
    Some(Styled { text, entities, ..Styled::default() })
}
