//! The values of `wit/filter.wit` as the host sees them. What each means is said there.

pub(crate) mod search;
pub(crate) mod state;

use logagent_component::{Description, Fresh};
use logagent_record::Vocabulary;
use wasmtime::component::{ComponentType, Lift, Lower};

/// The package of the contract and its version.
pub const PACKAGE: &str = "logagent:filter@0.1.0";

/// One thing that a component finds wrong with its configuration.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift)]
#[component(record)]
pub struct ConfigProblem {
    /// The key, as a path from the configuration's root.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct WitDescription {
    name: String,
    version: String,
    reasons: Vec<String>,
    outputs: Vec<String>,
    redacts: bool,
}

/// Names go into metrics and logs.
const NAME_BYTES: usize = 128;

impl WitDescription {
    /// The description, unless it has more names than verdicts can say.
    pub(crate) fn check(self) -> Result<Description, String> {
        let Self { name, version, reasons, outputs, redacts } = self;
        for (what, count, most) in
            [("reasons", reasons.len(), Vocabulary::MAX_REASONS), ("outputs", outputs.len(), Vocabulary::MAX_OUTPUTS)]
        {
            if count > most {
                return Err(format!("it describes {count} {what}, at most {most} are allowed"));
            }
        }
        for text in [&name, &version].into_iter().chain(&reasons).chain(&outputs) {
            if text.len() > NAME_BYTES {
                return Err(format!(
                    "it describes itself with a name of {} bytes, at most {NAME_BYTES} are allowed",
                    text.len()
                ));
            }
            if text.contains(char::is_control) {
                return Err("it describes itself with a name that has control characters".to_owned());
            }
        }
        Ok(Description { name, version, reasons, outputs, redacts })
    }
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(crate) struct BatchInfo {
    #[component(name = "descriptors-at")]
    pub(crate) descriptors_at: u32,
    pub(crate) count: u32,
    #[component(name = "bodies-at")]
    pub(crate) bodies_at: u32,
    #[component(name = "bodies-length")]
    pub(crate) bodies_length: u32,
    #[component(name = "observed-unix-nano")]
    pub(crate) observed_unix_nano: u64,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct BatchCopy {
    pub(crate) base: u32,
    pub(crate) bytes: &'static [u8],
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct WitFresh {
    #[component(name = "body-length")]
    body_length: u32,
    #[component(name = "attributes-length")]
    attributes_length: u32,
    #[component(name = "time-unix-nano")]
    time_unix_nano: u64,
    severity: u8,
}

impl From<WitFresh> for Fresh {
    fn from(WitFresh { body_length, attributes_length, time_unix_nano, severity }: WitFresh) -> Self {
        Self { body_length, attributes_length, time_unix_nano, severity }
    }
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct WitStream {
    pub(crate) source: String,
    pub(crate) attributes: Vec<u8>,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made by the derived `Lift`, from the guest's number")]
pub(crate) enum Level {
    #[component(name = "error")]
    Error,
    #[component(name = "warn")]
    Warn,
    #[component(name = "info")]
    Info,
    #[component(name = "debug")]
    Debug,
}

/// Why a component's imports or exports are not those of this host's contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// It was made for another version.
    #[error("it is made for {found}, this host speaks {PACKAGE}: build it against this version's wit/")]
    Version {
        /// The package and version that it names.
        found: String,
    },
    /// It asks for what filters don't get.
    #[error("it imports {import}, filters may import {PACKAGE} alone: no files, sockets or environment")]
    Import {
        /// The import's name.
        import: String,
    },
    /// It lacks a function.
    #[error("it exports no function {export}, a filter of {PACKAGE} exports configure, process and tick")]
    Export {
        /// The function's name.
        export: &'static str,
    },
}

/// Checks the name of one import, and answers the interface's.
pub(crate) fn check_import(name: &str) -> Result<&str, ContractError> {
    let (package, own_version) = PACKAGE.split_once('@').unwrap_or((PACKAGE, ""));
    let Some(interface) = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('/')) else {
        return Err(ContractError::Import { import: name.to_owned() });
    };
    let (interface, version) = interface.split_once('@').unwrap_or((interface, "no version"));
    if !is_compatible(version, own_version) {
        return Err(ContractError::Version { found: format!("{package}@{version}") });
    }
    match interface {
        "assets" | "batch" | "fields" | "log" | "metrics" | "scan" | "state" | "types" => Ok(interface),
        _ => Err(ContractError::Import { import: name.to_owned() }),
    }
}

/// Before 1.0 a minor version may break, a patch may not (semver.org, 4 and as cargo reads it).
fn is_compatible(version: &str, own: &str) -> bool {
    let line = |version: &str| version.rsplit_once('.').map(|(line, _)| line.to_owned());
    line(version).is_some() && line(version) == line(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_contracts_own_interfaces_are_imported() {
        for (name, interface) in [
            ("logagent:filter/batch@0.1.0", "batch"),
            ("logagent:filter/log@0.1.3", "log"),
            ("logagent:filter/types@0.1.0", "types"),
        ] {
            assert_eq!(check_import(name), Ok(interface));
        }
        for import in ["wasi:filesystem/types@0.2.6", "wasi:sockets/tcp@0.2.0", "env", "logagent:filter/files@0.1.0"] {
            assert_eq!(check_import(import), Err(ContractError::Import { import: import.to_owned() }));
        }
    }

    #[test]
    fn another_version_is_refused_with_both_named() {
        for (name, found) in [
            ("logagent:filter/batch@0.2.0", "logagent:filter@0.2.0"),
            ("logagent:filter/batch@1.1.0", "logagent:filter@1.1.0"),
            ("logagent:filter/log", "logagent:filter@no version"),
        ] {
            let error = check_import(name).unwrap_err();
            assert_eq!(error, ContractError::Version { found: found.to_owned() });
            assert!(error.to_string().contains(found) && error.to_string().contains(PACKAGE));
        }
    }
}
