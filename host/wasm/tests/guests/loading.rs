//! What is loaded, what is refused, and what is kept of a compilation.

use crate::support::component;
use logagent_wasm::Runtime;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

fn refusal(bytes: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("filter.wasm");
    fs::write(&path, bytes).unwrap();
    let error = Runtime::new(None).unwrap().load(&path).map(|_| ()).unwrap_err();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    assert!(text.contains("filter.wasm"), "{text}");
    text
}

#[test]
fn a_file_that_is_no_component_is_refused_with_what_it_is() {
    let whole = fs::read(component("guests/test_guests.wasm")).unwrap();
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b"#!/bin/sh", "no WebAssembly component"),
        (b"\0asm\x01\0\0\0", "core module"),
        (&whole[..whole.len() / 2], "filter.wasm"),
    ] {
        assert!(refusal(bytes).contains(part), "{}", refusal(bytes));
    }
}

#[test]
fn a_component_that_exports_no_filter_is_refused_with_the_function_it_lacks() {
    let empty = b"\0asm\x0d\0\x01\0";
    assert!(refusal(empty).contains("exports no function configure"));
}

fn entries(dir: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_compiled_component_is_kept_and_a_damaged_one_is_compiled_again() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("components");
    let path = component("guests/test_guests.wasm");
    let load = || Runtime::new(Some(&cache)).unwrap().load(&path).map(|_| ()).unwrap();
    load();
    let [entry] = entries(&cache).try_into().expect("one entry");
    let stored = fs::read(&entry).unwrap();
    load();
    assert_eq!(fs::read(&entry).unwrap(), stored);
    for damaged in [&stored[..stored.len() / 2], b"", &[&stored[..100], &b"x"[..], &stored[101..]].concat()] {
        fs::write(&entry, damaged).unwrap();
        load();
        assert_ne!(fs::read(&entry).unwrap(), damaged, "it was compiled again");
    }
}

#[test]
fn the_code_of_another_component_is_not_run_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("components");
    let load = |name: &str| Runtime::new(Some(&cache)).unwrap().load(&component(name)).map(|_| ()).unwrap();
    load("guests/test_guests.wasm");
    let [own] = entries(&cache).try_into().expect("one entry");
    load("filters/sample.wasm");
    let other = entries(&cache).into_iter().find(|entry| *entry != own).expect("a second entry");
    let code = fs::read(&own).unwrap();
    fs::copy(&other, &own).unwrap();
    load("guests/test_guests.wasm");
    assert!(fs::read(&own).unwrap() == code, "it was compiled again");
}

#[test]
fn an_entry_that_others_can_write_or_that_leads_elsewhere_is_not_run() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("components");
    let load = || Runtime::new(Some(&cache)).unwrap().load(&component("guests/test_guests.wasm")).map(|_| ()).unwrap();
    load();
    let [entry] = entries(&cache).try_into().expect("one entry");
    let inode = || fs::symlink_metadata(&entry).unwrap().ino();
    for mode in [0o620, 0o602, 0o666] {
        fs::set_permissions(&entry, fs::Permissions::from_mode(mode)).unwrap();
        let before = inode();
        load();
        assert_ne!(inode(), before, "with mode {mode:o} it was compiled again");
    }
    let elsewhere = dir.path().join("elsewhere");
    fs::rename(&entry, &elsewhere).unwrap();
    symlink(&elsewhere, &entry).unwrap();
    load();
    assert!(!entry.is_symlink(), "it was compiled again");
}

#[test]
fn a_directory_that_others_can_write_holds_no_code() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("components");
    fs::create_dir(&cache).unwrap();
    for mode in [0o777, 0o770, 0o707] {
        fs::set_permissions(&cache, fs::Permissions::from_mode(mode)).unwrap();
        Runtime::new(Some(&cache)).unwrap().load(&component("guests/test_guests.wasm")).unwrap();
        assert_eq!(entries(&cache).len(), 0, "{mode:o}");
    }
}

#[test]
fn a_component_that_is_loaded_twice_is_there_once_and_one_that_has_changed_is_another() {
    let dir = tempfile::tempdir().unwrap();
    let (path, other) = (dir.path().join("a.wasm"), dir.path().join("b.wasm"));
    let bytes = fs::read(component("guests/test_guests.wasm")).unwrap();
    fs::write(&path, &bytes).unwrap();
    fs::write(&other, &bytes).unwrap();
    let runtime = Runtime::new(None).unwrap();
    let first = runtime.load(&path).unwrap();
    assert!(Arc::ptr_eq(first.hash(), runtime.load(&other).unwrap().hash()));
    // A custom section at its end changes nothing but the bytes.
    fs::write(&path, [&bytes[..], b"\0\x02\x01x"].concat()).unwrap();
    let changed = runtime.load(&path).unwrap();
    assert_ne!(first.hash(), changed.hash());
}
