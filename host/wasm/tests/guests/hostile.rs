//! Components that no compiler makes: written as text, to take what a component may not have.

use crate::support::{LIMITS, ring};
use logagent_telemetry::FilterMeter;
use logagent_wasm::{Access, Runtime, StartError, WasmFilter};
use std::fmt::Write as _;
use std::sync::Arc;

/// What a filter's component imports.
const HEAD: &str = r#"
    (type $ty (instance
      (type (list string))
      (type (record (field "name" string) (field "version" string) (field "reasons" 0) (field "outputs" 0)
        (field "redacts" bool)))
      (export "description" (type (eq 1)))
      (type (record (field "key" string) (field "found" string) (field "allowed" string)))
      (export "config-problem" (type (eq 3)))
      (type (record (field "descriptors-at" u32) (field "count" u32) (field "bodies-at" u32)
        (field "bodies-length" u32) (field "observed-unix-nano" u64)))
      (export "batch-info" (type (eq 5)))))
    (import "logagent:filter/types@0.1.0" (instance $types (type $ty)))
    (alias export $types "description" (type $d0))
    (import "description" (type $d (eq $d0)))
    (alias export $types "config-problem" (type $c0))
    (import "config-problem" (type $c (eq $c0)))
    (alias export $types "batch-info" (type $b0))
    (import "batch-info" (type $b (eq $b0)))"#;

/// What it exports, of the core instance `$main`.
const TAIL: &str = r#"
    (alias core export $main "memory" (core memory $memory))
    (type $lc (list $c)) (type $rc (result $d (error $lc)))
    (type $tc (func (param "config" string) (result $rc)))
    (alias core export $main "configure" (core func $configure))
    (alias core export $main "cabi_realloc" (core func $realloc))
    (func $configuref (type $tc)
      (canon lift (core func $configure) (memory $memory) (realloc $realloc) string-encoding=utf8))
    (export "configure" (func $configuref))
    (type $re (result (error string)))
    (type $tp (func (param "batch" $b) (result $re)))
    (alias core export $main "process" (core func $process))
    (func $processf (type $tp) (canon lift (core func $process) (memory $memory) string-encoding=utf8))
    (export "process" (func $processf))
    (type $tt (func (param "now-unix-nano" u64) (result $re)))
    (alias core export $main "tick" (core func $tick))
    (func $tickf (type $tt) (canon lift (core func $tick) (memory $memory) string-encoding=utf8))
    (export "tick" (func $tickf))"#;

/// A filter that does nothing, with `beside` in its component, `inside` in its module, and `process` done first.
fn filter(beside: &str, inside: &str, process: &str) -> Vec<u8> {
    let module = format!(
        r#"(core module $main0 (memory (export "memory") 4)
          (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
          (func (export "configure") (param i32 i32) (result i32) (i32.const 1024))
          (func (export "process") (param i32 i32 i32 i32 i64) (result i32) {process} (i32.const 1024))
          (func (export "tick") (param i64) (result i32) (i32.const 1024)) {inside})"#
    );
    let text = format!("(component {HEAD} {beside} {module} (core instance $main (instantiate $main0)) {TAIL})");
    wat::parse_str(text).expect("text of a component")
}

fn start(component: &[u8]) -> Result<WasmFilter, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("filter.wasm");
    std::fs::write(&path, component).unwrap();
    let program = Runtime::new(None).unwrap().load(&path).map_err(|error| error.to_string())?;
    let (access, meter) = (Access::default(), Arc::new(FilterMeter::default()));
    let started: Result<_, StartError> =
        WasmFilter::start(&program, "hostile", "{}", LIMITS, ring().file(), access, meter);
    started.map_err(|error| error.to_string())
}

fn refusal(component: &[u8]) -> String {
    start(component).map(|_| ()).unwrap_err()
}

#[test]
fn a_component_that_multiplies_itself_is_refused_before_it_is_compiled() {
    let leaf = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
    let nested = (1..=28).fold(leaf, |inner, level| {
        let below = format!("(instance (instantiate $c{}))", level - 1);
        format!("(component $c{level} {inner} {below} {below})")
    });
    let refusal = refusal(&filter(&format!("{nested} (instance (instantiate $c28))"), "", ""));
    assert!(refusal.contains("it comes to 805306368 instances"), "{refusal}");
    assert!(refusal.contains("500 at most are allowed"), "{refusal}");
}

#[test]
fn what_a_component_calls_its_functions_is_shortened_and_commands_no_terminal() {
    for (name, part) in [("x".repeat(99_000), "xxx"), (r"\1b[31m\07\0aline".into(), r"in \u{1b}[31m\u{7}\nline")] {
        let start = format!(r#"(func $s (@name "{name}") unreachable) (start $s)"#);
        let refusal = refusal(&filter("", &start, ""));
        assert!(refusal.contains(part) && refusal.len() < 5000, "{refusal}");
        assert!(!refusal.contains(char::is_control), "{refusal}");
    }
}

#[test]
fn a_second_memory_is_refused_when_the_component_is_loaded() {
    let refusal = refusal(&filter("", "(memory 1)", ""));
    assert!(refusal.contains("it comes to 2 memories when it is instantiated, 1 at most is allowed"), "{refusal}");
}

#[test]
fn all_tables_of_an_instance_have_one_bound() {
    let tables = |count: usize| {
        (0..count).fold(String::new(), |mut text, _| {
            let _ = write!(text, "(table 9000 funcref)");
            text
        })
    };
    assert!(start(&filter("", &tables(11), "")).is_ok());
    let refusal = refusal(&filter("", &tables(12), ""));
    assert!(refusal.contains("table"), "{refusal}");
}
