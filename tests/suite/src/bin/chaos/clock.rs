//! A wall clock that jumps: libfaketime, which reads from a file how far the process's clock is off.

use logagent_tests::Place;
use std::path::Path;
use std::process::Command;

/// Where Debian's package `libfaketime` puts it.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

const FILE: &str = "clock";

/// Has the process read its wall clock through the library.
pub(crate) fn prepare(place: &Place, command: &mut Command) -> Result<(), String> {
    if !Path::new(LIBRARY).exists() {
        return Err(format!("no {LIBRARY}: install libfaketime"));
    }
    jump(place, 0);
    command.env("LD_PRELOAD", LIBRARY).env("FAKETIME_TIMESTAMP_FILE", place.path(FILE));
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Ok(())
}

/// The clock is off by so many seconds from now on.
pub(crate) fn jump(place: &Place, seconds: i64) {
    // Renamed into place: the process reads it at any moment.
    place.write("clock.next", format!("{seconds:+}\n"));
    place.rename("clock.next", FILE);
}
