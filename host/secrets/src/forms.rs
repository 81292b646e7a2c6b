//! What each kind looks like, one matcher a kind: given a body and a mark of the sieve, whether a secret is there.
//! A matcher sees its body and nothing else. Each looks a bounded way back from a mark, and as far ahead only as it
//! can match, so that no body makes it slow.

mod aws_key;
mod bearer;
mod card;
mod email;
mod iban;
mod ipv4;
mod ipv6;
mod jwt;
mod phone;

use crate::Kind;
use std::ops::Range;

/// The secret of this kind that the mark at `at` stands for. It starts at `from` or later: what lies before is told
/// already.
#[inline]
pub(crate) fn secret_at(kind: Kind, body: &[u8], at: usize, from: usize) -> Option<Range<usize>> {
    match kind {
        Kind::Email => email::at(body, at, from),
        Kind::Card => card::at(body, at, from),
        Kind::Ipv4 => ipv4::at(body, at),
        Kind::Ipv6 => ipv6::at(body, at, from),
        Kind::Phone => phone::at(body, at),
        Kind::Iban => iban::at(body, at),
        Kind::Jwt => jwt::at(body, at),
        Kind::AwsKey => aws_key::at(body, at),
        Kind::Bearer => bearer::at(body, at),
    }
}
