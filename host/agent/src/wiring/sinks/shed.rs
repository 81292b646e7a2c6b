//! The buffer in memory in front of a sink, from its configuration.

use logagent_config::{self as config, Config, Keep, Unknown};
use logagent_record::{Severities, Severity};
use logagent_sink::{Brimful, ShedConfig, ShedPolicy};

/// How the buffer of the sink of this name is made.
pub(super) fn config(config: &Config, name: &str, shed: &config::Shed) -> ShedConfig {
    let unknown = match shed.unknown {
        Unknown::Keep => Severities::NONE,
        Unknown::Shed => Severities::UNKNOWN,
    };
    let brimful = match shed.then {
        config::Brimful::Wait => Brimful::Wait,
        config::Brimful::Shed => Brimful::Shed,
    };
    let policy = ShedPolicy { severities: Severities::below(least(shed.keep)) | unknown, above: shed.above, brimful };
    ShedConfig { name: name.to_owned(), bytes: shed.max_bytes.unwrap_or(config.memory.ring_bytes), policy }
}

/// The smallest number of the range, as OpenTelemetry's data model has it (SeverityNumber).
fn least(keep: Keep) -> Severity {
    Severity(match keep {
        Keep::Trace => 1,
        Keep::Debug => 5,
        Keep::Info => 9,
        Keep::Warn => 13,
        Keep::Error => 17,
        Keep::Fatal => 21,
    })
}
