//! What the command refuses, and that it leaves no half-written file behind.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use logagent_componentize::{EncodeError, Failure, encode, run, write_atomically};

const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";

fn arguments(list: &[&str]) -> Vec<OsString> {
    list.iter().map(OsString::from).collect()
}

#[test]
fn what_is_no_core_module_with_a_world_is_refused_by_name() {
    let nested = [EMPTY_MODULE, b"\0\x0f\x0ecomponent-type"].concat();
    let cases: [(&[u8], &str); 5] = [
        (b"", "not a WebAssembly file"),
        (b"#!/bin/sh\n", "not a WebAssembly file"),
        (b"\0asm\x0d\0\x01\0", "already a component"),
        (EMPTY_MODULE, "was it built with logagent-sdk"),
        (&nested, "can't be wrapped: "),
    ];
    for (bytes, message) in cases {
        let told = encode(bytes).unwrap_err().to_string();
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    for list in [&[][..], &["a.wasm"], &["-o", "b.wasm"], &["a.wasm", "-o"], &["a", "b", "-o", "c"], &["a", "-x"]] {
        let failure = run(arguments(list)).unwrap_err();
        assert!(matches!(failure, Failure::Usage(_)), "{list:?}");
        assert!(failure.to_string().contains("usage: "), "{list:?}");
    }
    let failure = run(arguments(&["/nonexistent.wasm", "-o", "/nonexistent/out.wasm"])).unwrap_err();
    assert!(matches!(failure, Failure::Read { .. }), "{failure}");
}

#[test]
fn a_refused_module_leaves_the_component_before_it_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let (core, out) = (directory.path().join("core.wasm"), directory.path().join("out.wasm"));
    fs::write(&core, EMPTY_MODULE).unwrap();
    fs::write(&out, "before").unwrap();
    let failure = run([core.clone().into(), "-o".into(), out.clone().into()]).unwrap_err();
    assert!(matches!(failure, Failure::Encode { error: EncodeError::NoTypeSection, .. }), "{failure}");
    assert_eq!(fs::read(&out).unwrap(), b"before");
    assert_eq!(names_in(directory.path()).len(), 2);
}

#[test]
fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("made/on/the/way/out.wasm");
    write_atomically(&out, b"one").unwrap();
    write_atomically(&out, b"two").unwrap();
    assert_eq!(fs::read(&out).unwrap(), b"two");
    assert_eq!(names_in(out.parent().unwrap()), ["out.wasm"]);
    let occupied = directory.path().join("made");
    assert!(write_atomically(&occupied, b"three").is_err());
    assert_eq!(names_in(directory.path()), ["made"]);
}

fn names_in(directory: &Path) -> Vec<OsString> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}
