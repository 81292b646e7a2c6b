//! The values of the contract's `scan` and `fields`.

use logagent_scan as scan;
use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made by the derived `Lift`, from the guest's number")]
pub(crate) enum WitKind {
    #[component(name = "email")]
    Email,
    #[component(name = "card")]
    Card,
    #[component(name = "ipv4")]
    Ipv4,
    #[component(name = "ipv6")]
    Ipv6,
    #[component(name = "phone")]
    Phone,
    #[component(name = "iban")]
    Iban,
    #[component(name = "jwt")]
    Jwt,
    #[component(name = "aws-key")]
    AwsKey,
    #[component(name = "bearer")]
    Bearer,
}

impl From<WitKind> for scan::Kind {
    fn from(kind: WitKind) -> Self {
        match kind {
            WitKind::Email => Self::Email,
            WitKind::Card => Self::Card,
            WitKind::Ipv4 => Self::Ipv4,
            WitKind::Ipv6 => Self::Ipv6,
            WitKind::Phone => Self::Phone,
            WitKind::Iban => Self::Iban,
            WitKind::Jwt => Self::Jwt,
            WitKind::AwsKey => Self::AwsKey,
            WitKind::Bearer => Self::Bearer,
        }
    }
}

#[derive(Clone, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum WitPattern {
    #[component(name = "literal")]
    Literal(Vec<u8>),
    #[component(name = "regex")]
    Regex(String),
    #[component(name = "kind")]
    Kind(WitKind),
}

impl From<WitPattern> for scan::Pattern {
    fn from(pattern: WitPattern) -> Self {
        match pattern {
            WitPattern::Literal(bytes) => Self::Literal(bytes),
            WitPattern::Regex(text) => Self::Regex(text),
            WitPattern::Kind(kind) => Self::Kind(kind.into()),
        }
    }
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made by the derived `Lift`, from the guest's number")]
pub(crate) enum WitReport {
    #[component(name = "first")]
    First,
    #[component(name = "all")]
    All,
}

impl From<WitReport> for scan::Report {
    fn from(report: WitReport) -> Self {
        match report {
            WitReport::First => Self::First,
            WitReport::All => Self::All,
        }
    }
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made by the derived `Lift`, from the guest's number")]
pub(crate) enum WitEscapes {
    #[component(name = "raw")]
    Raw,
    #[component(name = "json")]
    Json,
}

impl From<WitEscapes> for scan::Escapes {
    fn from(escapes: WitEscapes) -> Self {
        match escapes {
            WitEscapes::Raw => Self::Raw,
            WitEscapes::Json => Self::Json,
        }
    }
}

/// What is wrong with one pattern or path.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct WitProblem {
    index: u32,
    reason: String,
}

impl WitProblem {
    pub(crate) fn new(index: usize, reason: &impl ToString) -> Self {
        Self { index: u32::try_from(index).unwrap_or(u32::MAX), reason: reason.to_string() }
    }
}
