//! Literals of which every match of an expression holds at least one.

use crate::rarity;
use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

/// So many needles an expression has at most: `(?i)` of four letters. More make the sweep dull.
const MOST: usize = 16;

/// With fewer bits, needles are in so many bodies that a search without them is faster.
const USEFUL_BITS: u32 = 10;

/// With so many bits, a needle is rare enough not to look for a rarer one further inside.
const RARE_BITS: u32 = 16;

/// What to look for before an expression is tried.
#[derive(Debug)]
pub(crate) struct Needles {
    pub(crate) literals: Vec<Vec<u8>>,
    pub(crate) place: Place,
}

/// Where in a match its needle lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The needle is the match, and nothing around it is asked for.
    Whole,
    /// The match begins with it.
    Start,
    /// Somewhere.
    Inside,
}

/// The needles of an expression, where they are rare enough to be of use.
pub(crate) fn of(hir: &Hir) -> Option<Needles> {
    let whole = extract(hir).map(|seq| {
        let plain = seq.is_exact() && hir.properties().look_set().is_empty();
        graded(&seq, if plain { Place::Whole } else { Place::Start })
    });
    let best = match whole {
        Some((bits, needles)) if bits >= RARE_BITS => Some((bits, needles)),
        whole => whole.into_iter().chain(inner(hir)).max_by_key(|(bits, _)| *bits),
    };
    best.filter(|(bits, _)| *bits >= USEFUL_BITS).map(|(_, needles)| needles)
}

/// The best needles from the middle of a sequence.
fn inner(hir: &Hir) -> Option<(u32, Needles)> {
    /// Only so many parts are looked at, and so far into what follows each: expressions can be long.
    const PARTS: usize = 64;
    const AHEAD: usize = 8;
    match hir.kind() {
        HirKind::Capture(capture) => inner(&capture.sub),
        HirKind::Concat(parts) => (0..parts.len().min(PARTS))
            .filter_map(|from| extract(&Hir::concat(parts[from..parts.len().min(from + AHEAD)].to_vec())))
            .map(|seq| graded(&seq, Place::Inside))
            .max_by_key(|(bits, _)| *bits),
        _ => None,
    }
}

/// What a match of `hir` begins with, if that is a few literals.
fn extract(hir: &Hir) -> Option<Seq> {
    let mut seq = Extractor::new().limit_total(MOST).limit_literal_len(64).extract(hir);
    seq.dedup();
    let usable = seq.literals().is_some_and(|all| !all.is_empty() && all.iter().all(|one| !one.is_empty()));
    usable.then_some(seq)
}

/// The needles, and how many bits the most frequent has, less what their number costs.
fn graded(seq: &Seq, place: Place) -> (u32, Needles) {
    let literals: Vec<Vec<u8>> =
        seq.literals().unwrap_or_default().iter().map(|literal| literal.as_bytes().to_vec()).collect();
    let bits = literals.iter().map(|literal| rarity::bits(&literal[rarity::rarest(literal)..])).min().unwrap_or(0);
    (bits.saturating_sub(literals.len().ilog2()), Needles { literals, place })
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::ParserBuilder;

    fn found(text: &str) -> Option<(Place, Vec<String>)> {
        let hir = ParserBuilder::new().utf8(false).build().parse(text).unwrap();
        let needles = of(&hir)?;
        Some((needles.place, needles.literals.iter().map(|one| one.escape_ascii().to_string()).collect()))
    }

    #[test]
    fn an_expression_has_the_needles_that_each_match_holds() {
        for (text, place, literals) in [
            ("timeout", Place::Whole, vec!["timeout"]),
            ("(timeout|refused)", Place::Whole, vec!["timeout", "refused"]),
            (r"\btimeout", Place::Start, vec!["timeout"]),
            (r#""status":5\d\d"#, Place::Start, vec![r#"\"status\":5"#]),
            (r"[a-z]+@example\.com", Place::Inside, vec!["@example.com"]),
            (r"(\w+ failed: \w+)", Place::Inside, vec![" failed: "]),
        ] {
            let literals = literals.into_iter().map(String::from).collect();
            assert_eq!(found(text), Some((place, literals)), "{text}");
        }
        assert_eq!(found("(?i)error").map(|(place, literals)| (place, literals.len())), Some((Place::Start, 16)));
    }

    #[test]
    fn an_expression_that_holds_nothing_rare_has_none() {
        for text in [r"\d{3}-\d{4}", "a*", "", r"\w+", "timeout|", r"(\d+\.){3}", "e"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
