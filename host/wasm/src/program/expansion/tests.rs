use super::*;

fn checked(text: &str) -> Result<(), ExpansionError> {
    check(&wat::parse_str(text).expect("text of a component"))
}

fn too_many(what: &'static str, found: usize, allowed: usize) -> Result<(), ExpansionError> {
    Err(ExpansionError::TooMany { what, found, allowed })
}

/// Components in one another, each of which instantiates the one below twice.
fn doubling(levels: usize) -> String {
    let leaf = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
    let nest = |inner: String, level: usize| {
        let below = level - 1;
        format!("(component $c{level} {inner} (instance (instantiate $c{below})) (instance (instantiate $c{below})))")
    };
    let whole = (1..=levels).fold(leaf, nest);
    format!("(component {whole} (instance (instantiate $c{levels})))")
}

#[test]
fn instances_are_counted_over_nesting() {
    // Of each level's components 2^n, and as many modules as of the last.
    assert_eq!(checked(&doubling(4)), Ok(()));
    assert_eq!(checked(&doubling(7)), Ok(()));
    assert_eq!(checked(&doubling(8)), too_many("instances", 256 + 511, MOST_INSTANCES));
    assert_eq!(checked(&doubling(28)), too_many("instances", (1 << 28) + (1 << 29) - 1, MOST_INSTANCES));
    assert_eq!(checked(&doubling(80)), too_many("instances", usize::MAX, MOST_INSTANCES));
}

#[test]
fn a_component_that_is_meant_by_another_index_counts_all_the_same() {
    let inner = "(component $a (core module $m) (core instance (instantiate $m)) (core instance (instantiate $m)))";
    let through_outer = |count: usize| {
        let alias = "(alias outer $top $a (component $b))";
        format!("(component $top {inner} (component $c {alias} {}) (instance (instantiate $c)))", uses(count))
    };
    let through_export =
        |count: usize| format!(r#"(component {inner} (export $b "b" (component $a)) {})"#, uses(count));
    assert_eq!(checked(&through_outer(166)), Ok(()));
    assert_eq!(checked(&through_outer(167)), too_many("instances", 502, MOST_INSTANCES));
    assert_eq!(checked(&through_export(166)), Ok(()));
    assert_eq!(checked(&through_export(167)), too_many("instances", 501, MOST_INSTANCES));
}

fn uses(count: usize) -> String {
    "(instance (instantiate $b))".repeat(count)
}

#[test]
fn a_component_that_gets_components_from_outside_is_refused() {
    for (text, what) in [
        (r#"(component (component (import "c" (component))))"#, "component"),
        (r#"(component (component (import "m" (core module))))"#, "core module"),
        (
            r#"(component (component $a (component $b) (export "b" (component $b)))
               (instance $i (instantiate $a)) (alias export $i "b" (component $c)))"#,
            "component",
        ),
    ] {
        assert_eq!(checked(text), Err(ExpansionError::Passed(what)), "{text}");
    }
}

#[test]
fn tables_memories_functions_and_names_are_counted_by_instance() {
    let twice = |module: &str| {
        format!(
            "(component (core module $m {module}) (core instance (instantiate $m)) (core instance (instantiate $m)))"
        )
    };
    assert_eq!(checked(&twice(&"(table 1 funcref)".repeat(51))), too_many("tables", 102, MOST_TABLES));
    assert_eq!(checked(&twice("(memory 1)")), too_many("memories", 2, MOST_MEMORIES));
    let lift = r#"(func (canon lift (core func $f)))"#.repeat(2001);
    let text = format!(
        r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
           (alias core export $i "f" (core func $f)) {lift})"#
    );
    assert_eq!(checked(&text), too_many("functions", 2001, MOST_FUNCTIONS));
    let names: String = (0..10_000).map(|number| format!(r#"(export "n{number}" (func $f))"#)).collect();
    let inner = format!(r#"(component $c (import "f" (func $f)) (instance {names}))"#);
    let uses = r#"(instance (instantiate $c (with "f" (func $f))))"#.repeat(11);
    let text = format!(r#"(component (import "f" (func $f)) {inner} {uses})"#);
    assert_eq!(checked(&text), too_many("names", 110_000, MOST_NAMES));
}

#[test]
fn what_is_no_component_is_left_to_the_validator() {
    let whole = wat::parse_str(doubling(28)).expect("text of a component");
    assert_eq!(check(&whole[..whole.len() - 1]), Ok(()));
    // Index 7 is nothing.
    assert_eq!(check(b"\0asm\x0d\0\x01\0\x05\x05\x01\x00\x07\x00"), Ok(()));
}
