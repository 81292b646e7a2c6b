//! The list of modes, as data: what each does in `configure`, `process` and `tick`.

use crate::bindings::{BatchInfo, batch};
use crate::state::{Configured, Processed, State};
use crate::window::Window;
use crate::{counts, edits, faults, honest, lies, realloc, remember, scribble, search};

/// One way to behave.
#[derive(Clone, Copy)]
pub(crate) struct Mode {
    name: &'static str,
    pub(crate) configure: fn(&mut State) -> Configured,
    pub(crate) process: fn(&mut State, BatchInfo) -> Processed,
    pub(crate) tick: fn(&mut State) -> Processed,
}

type Process = fn(&mut State, BatchInfo) -> Processed;

const ATTACHED: &[(&str, Process)] = &[
    ("keep", keep),
    ("many-reasons", keep),
    ("first-byte", honest::first_byte),
    ("search-in-guest", honest::search_in_guest),
    ("route", honest::route),
    ("emit", honest::emit),
    ("log", honest::log_line),
    ("streams", honest::streams),
    ("count", honest::count),
    ("edit", edits::card),
    ("edit-same-length", edits::secret),
    ("edit-attributes", edits::attributes),
    ("scribble", scribble::bodies),
    ("scribble-one", scribble::one_byte),
    ("scribble-copy", scribble::copy),
    ("scribble-then-check", scribble::check_then_all),
    ("wrong-count", lies::wrong_count),
    ("unknown-reason", lies::unknown_reason),
    ("unknown-output", lies::unknown_output),
    ("edit-outside", lies::edit_outside),
    ("edit-no-record", lies::edit_no_record),
    ("edit-overlap", lies::edit_overlap),
    ("edit-backwards", lies::edit_backwards),
    ("edit-ragged", lies::edit_ragged),
    ("edit-no-part", lies::edit_no_part),
    ("edit-patch-short", lies::edit_patch_short),
    ("edit-patch-long", lies::edit_patch_long),
    ("emit-short", lies::emit_short),
    ("emit-long", lies::emit_long),
    ("emit-many", lies::emit_many),
    ("stamp-no-record", counts::stamp_no_record),
    ("stamp-wraps", counts::stamp_wraps),
    ("stamp-severity", counts::stamp_severity),
    ("copy-no-output", counts::copy_no_output),
    ("copy-twice", counts::copy_twice),
    ("metrics-late", counts::register_late),
    ("log-flood", counts::flood),
    ("call-flood", counts::call_flood),
    ("scan-late", search::compile_late),
    ("attach-late", lies::attach_again),
    ("asset-late", lies::read_asset_late),
    ("realloc-in-window", realloc::read_into_window),
    ("realloc-outside", realloc::read_outside),
    ("realloc-at-end", realloc::read_at_end),
    ("realloc-calls-back", realloc::call_back),
    ("realloc-misaligned", realloc::read_misaligned),
    ("trap", faults::trap),
    ("store-outside", faults::store_outside),
    ("panic", faults::panic),
    ("error", faults::error),
    ("error-late", faults::error_late),
    ("poison-trap", faults::poison_trap),
    ("poison-error", faults::poison_error),
    ("poison-spin", faults::poison_spin),
    ("spin", faults::spin),
    ("spin-a-while", faults::spin_a_while),
    ("redacts", keep),
    ("grow", faults::grow),
    ("leak", faults::leak),
    ("state", remember::count),
    ("state-all", remember::all_functions),
    ("state-trap", remember::trap),
    ("state-error", remember::error),
    ("state-spin", remember::spin),
    ("state-clear", remember::clear),
    ("state-clear-trap", remember::clear_and_trap),
    ("state-bench-get", remember::bench_get),
    ("state-bench-add", remember::bench_add),
    ("state-short", remember::short_items),
    ("state-uneven", remember::uneven),
    ("state-no-key", remember::no_key),
    ("state-long-key", remember::long_key),
    ("state-no-value", remember::no_value),
    ("state-long-value", remember::long_value),
    ("state-hoard", remember::hoard),
    ("state-flood", remember::flood),
    ("state-huge-answer", remember::huge_answer),
    ("recurse", faults::recurse),
];

const OTHERS: &[Mode] = &[
    Mode { name: "copy-first-byte", configure: nothing, process: honest::copy_first_byte, tick: quiet },
    Mode {
        name: "scribble-in-configure",
        configure: scribble::all_in_configure,
        process: scribble::check_then_all,
        tick: quiet,
    },
    Mode { name: "tick-emits", configure: attach, process: keep, tick: honest::tick_emits },
    Mode { name: "tick-error", configure: attach, process: keep, tick: faults::tick_error },
    Mode { name: "tick-trap", configure: attach, process: keep, tick: faults::tick_trap },
    Mode { name: "tick-decides", configure: attach, process: keep, tick: lies::tick_decides },
    Mode { name: "attach-misaligned", configure: lies::attach_misaligned, process: keep, tick: quiet },
    Mode { name: "attach-short", configure: lies::attach_short, process: keep, tick: quiet },
    Mode { name: "attach-twice", configure: lies::attach_twice, process: keep, tick: quiet },
    Mode { name: "decide-in-configure", configure: lies::decide_in_configure, process: keep, tick: quiet },
    Mode { name: "read-in-configure", configure: lies::read_in_configure, process: keep, tick: quiet },
    Mode { name: "scan", configure: search::compile, process: search::search, tick: quiet },
    Mode { name: "scan-forever", configure: search::compile, process: search::forever, tick: quiet },
    Mode { name: "scan-unknown", configure: search::compile, process: search::unknown_set, tick: quiet },
    Mode { name: "scan-on-tick", configure: search::compile, process: keep, tick: search::run_on_tick },
    Mode { name: "scan-many", configure: search::many_sets, process: keep, tick: quiet },
    Mode { name: "scan-large", configure: search::large_sets, process: keep, tick: quiet },
    Mode { name: "scan-wrong", configure: search::wrong_patterns, process: keep, tick: quiet },
    Mode { name: "fields", configure: search::compile, process: search::find, tick: quiet },
    Mode { name: "fields-unknown", configure: search::compile, process: search::unknown_paths, tick: quiet },
    Mode { name: "metrics", configure: counts::register, process: counts::count, tick: quiet },
    Mode { name: "metrics-and-fail", configure: counts::register, process: counts::count_and_fail, tick: quiet },
    Mode { name: "metrics-unknown", configure: counts::register, process: counts::unknown_counter, tick: quiet },
    Mode { name: "metrics-no-number", configure: counts::register, process: counts::no_number, tick: quiet },
    Mode { name: "metrics-name", configure: counts::wrong_name, process: keep, tick: quiet },
    Mode { name: "metrics-many", configure: counts::many, process: keep, tick: quiet },
    Mode { name: "state-early", configure: remember::early, process: keep, tick: quiet },
    Mode { name: "state-tick", configure: attach, process: keep, tick: remember::tick },
    Mode { name: "asset", configure: honest::read_asset, process: keep, tick: quiet },
    Mode { name: "asset-other", configure: lies::read_other_asset, process: keep, tick: quiet },
    Mode { name: "refuse", configure: faults::refuse, process: keep, tick: quiet },
    Mode { name: "configure-trap", configure: faults::configure_trap, process: keep, tick: quiet },
    Mode { name: "configure-spin", configure: faults::configure_spin, process: keep, tick: quiet },
];

impl Mode {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let attached = ATTACHED.iter().find(|(known, _)| *known == name);
        let attached = attached.map(|&(name, process)| Self { name, configure: attach, process, tick: quiet });
        attached.or_else(|| OTHERS.iter().find(|mode| mode.name == name).copied())
    }
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ATTACHED.iter().map(|(name, _)| *name).chain(OTHERS.iter().map(|mode| mode.name))
}

/// The text behind `"mode":`. No JSON parser: the guest should stay small.
pub(crate) fn name_in(config: &str) -> &str {
    config.split_once("\"mode\"").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap_or_default()
}

pub(crate) fn attach(state: &mut State) -> Configured {
    let window = Window::grow();
    batch::attach(window.region(0, 0));
    state.window = Some(window);
    Ok(())
}

fn nothing(_: &mut State) -> Configured {
    Ok(())
}

fn keep(_: &mut State, _: BatchInfo) -> Processed {
    Ok(())
}

fn quiet(_: &mut State) -> Processed {
    Ok(())
}
