//! What is invented: numbers, names, titles and what people say. The same number is always the same person.

use domain::seeding::SeedPerson;

/// People whose numbers are test numbers, 99966 2 YYYY.
pub const SIGN_IN_MAX: u32 = 9999;

/// First names of the time of the optical telegraph.
const FIRST: &[&str] = &[
    "Claude",
    "Ignace",
    "Abraham",
    "Sophie",
    "Gaspard",
    "Emilie",
    "Breguet",
    "Marie",
    "Adele",
    "Agathe",
    "Alexis",
    "Amable",
    "Anatole",
    "Armand",
    "Auguste",
    "Aurore",
    "Barthelemy",
    "Basile",
    "Benoit",
    "Blanche",
    "Camille",
    "Caroline",
    "Casimir",
    "Celeste",
    "Charles",
    "Clemence",
    "Constance",
    "Cyprien",
    "Delphine",
    "Denis",
    "Desire",
    "Dominique",
    "Edmond",
    "Eleonore",
    "Elisabeth",
    "Etienne",
    "Eugenie",
    "Fabien",
    "Felicite",
    "Ferdinand",
    "Firmin",
    "Flore",
    "Francois",
    "Gabriel",
    "Genevieve",
    "Georges",
    "Germaine",
    "Gilbert",
    "Guillaume",
    "Gustave",
    "Helene",
    "Henri",
    "Hippolyte",
    "Honore",
    "Hortense",
    "Hubert",
    "Isabelle",
    "Isidore",
    "Jacques",
    "Jeanne",
    "Joachim",
    "Josephine",
    "Julien",
    "Justine",
    "Lambert",
    "Laure",
    "Laurent",
    "Leon",
    "Leopold",
    "Louise",
    "Lucien",
    "Madeleine",
    "Marcel",
    "Marguerite",
    "Martin",
    "Mathilde",
    "Maurice",
    "Michel",
    "Narcisse",
    "Nicolas",
    "Noel",
    "Octave",
    "Odile",
    "Olivier",
    "Pascal",
    "Pauline",
    "Philippe",
    "Pierre",
    "Prosper",
    "Raphael",
    "Reine",
    "Remi",
    "Rosalie",
    "Sebastien",
    "Simon",
    "Suzanne",
    "Sylvain",
    "Theodore",
    "Therese",
    "Thomas",
    "Ursule",
    "Valentin",
    "Victoire",
    "Vincent",
    "Virginie",
    "Xavier",
    "Yves",
    "Zelie",
];

/// Where last names begin and end: some seven thousand of them.
const LAST: (&[&str], &[&str], &[&str]) = (
    &[
        "Bar", "Bel", "Ber", "Bon", "Bru", "Cam", "Car", "Chan", "Cor", "Cou", "Dan", "Del", "Dor", "Du", "Fau", "Fer",
        "Gal", "Gau", "Gir", "Gra", "Jan", "Lan", "Lau", "Mal", "Mar", "Mon", "Nor", "Per", "Ros", "Sal", "Tan", "Val",
    ],
    &["", "ba", "bi", "cho", "de", "la", "li", "lo", "ma", "na", "ni", "que", "ri", "ti", "vo"],
    &["ard", "aud", "bert", "don", "eau", "elle", "er", "et", "ier", "in", "mont", "non", "on", "ot", "oux", "val"],
);

/// Towns that the lines led to.
const TOWNS: &[&str] = &[
    "Lille",
    "Strasbourg",
    "Brest",
    "Lyon",
    "Toulon",
    "Bayonne",
    "Milan",
    "Turin",
    "Venice",
    "Antwerp",
    "Amsterdam",
    "Metz",
    "Mainz",
    "Perpignan",
    "Bordeaux",
    "Avranches",
    "Cherbourg",
    "Calais",
    "Boulogne",
    "Nantes",
];

const OPENINGS: &[&str] = &[
    "",
    "",
    "Good morning! ",
    "Good evening, all. ",
    "By the way, ",
    "Listen: ",
    "I think ",
    "They say ",
    "As I said, ",
    "Just now: ",
    "Who knows? Perhaps ",
    "Yes, and ",
];

const MATTERS: &[&str] = &[
    "the tower on the hill",
    "the signal from the north",
    "the new code book",
    "the night watch",
    "our telescope",
    "the regulator arm",
    "the mail coach",
    "the message of yesterday",
    "the line to the coast",
    "the fog",
    "station twelve",
    "the second indicator",
    "the letter from the ministry",
    "the apprentice",
];

const NEWS: &[&str] = &[
    "was seen again at noon",
    "comes three minutes late",
    "needs oil before Sunday",
    "is better than anybody hoped",
    "cannot be read in this weather",
    "was repeated twice, word for word",
    "will be here tomorrow",
    "has never been quicker",
    "stands still",
    "is what everybody talks about",
    "should be looked at by two of us",
    "works: eight minutes to Paris!",
];

const ENDINGS: &[&str] = &[".", ".", ".", "!", "?", ", I am told.", "; who is on duty?", ". Please pass it on.", " :)"];

/// The person of a number, from 1.
pub fn person(n: u32) -> SeedPerson {
    SeedPerson { phone: number(n), first_name: first_name(n).to_owned(), last_name: last_name(n) }
}

/// Its phone number; beyond [`SIGN_IN_MAX`] it is one with which nobody signs in.
pub fn number(n: u32) -> String {
    if n <= SIGN_IN_MAX { format!("999662{n:04}") } else { format!("99967{n:07}") }
}

/// What it is called by friends.
pub fn first_name(n: u32) -> &'static str {
    // The first ones are all called differently.
    if (n as usize) <= FIRST.len() { FIRST[n as usize - 1] } else { pick(FIRST, n, 1) }
}

fn last_name(n: u32) -> String {
    let (begin, middle, end) = LAST;
    [pick(begin, n, 2), pick(middle, n, 3), pick(end, n, 4)].concat()
}

/// The title of a supergroup.
pub fn group_title(at: usize) -> String {
    numbered("Line of", at)
}

/// The title of a channel.
pub fn channel_title(at: usize) -> String {
    numbered("Bulletin of", at)
}

/// The title of one of many channels.
pub fn gazette_title(at: usize) -> String {
    numbered("Gazette of", at)
}

fn numbered(what: &str, at: usize) -> String {
    let town = TOWNS[at % TOWNS.len()];
    match at / TOWNS.len() {
        0 => format!("{what} {town}"),
        round => format!("{what} {town} {}", round + 1),
    }
}

/// What somebody says.
pub fn text(n: u32) -> String {
    [pick(OPENINGS, n, 5), pick(MATTERS, n, 6), " ", pick(NEWS, n, 7), pick(ENDINGS, n, 8)].concat()
}

/// A number that looks drawn, and is the same for the same arguments.
pub fn mixed(n: u32, what: u64) -> u64 {
    // The finalizer of splitmix64.
    let mut it = (u64::from(n) << 8 | what).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

fn pick(of: &[&'static str], n: u32, what: u64) -> &'static str {
    of[(mixed(n, what) % of.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_number_of_its_own_that_is_nobody_s() {
        let all: std::collections::BTreeSet<_> = (1..=30_000).map(number).collect();
        assert_eq!(all.len(), 30_000);
        assert!(all.iter().all(|it| domain::seeding::is_invented(it)));
        assert_eq!((number(1), number(10_000)), ("9996620001".into(), "999670010000".into()));
    }

    #[test]
    fn a_name_is_always_the_same_and_shared_by_few() {
        assert_eq!(person(4711).last_name, person(4711).last_name);
        assert_eq!(first_name(1), "Claude");
        let mut names: Vec<_> = (1..=20_000).map(|n| (first_name(n), last_name(n))).collect();
        names.sort();
        names.dedup();
        assert!(names.len() > 19_000, "{}", names.len());
    }
}
