//! `logagent-componentize CORE.wasm -o OUT.wasm`. Exit codes: 0 written, 1 failed, 2 wrong usage.

use std::process::ExitCode;

use logagent_componentize::{Failure, run};

fn main() -> ExitCode {
    let Err(failure) = run(std::env::args_os().skip(1)) else { return ExitCode::SUCCESS };
    eprintln!("logagent-componentize: {failure}");
    match failure {
        Failure::Usage(_) => ExitCode::from(2),
        _ => ExitCode::from(1),
    }
}
