//! docs/security.md is true: each test that it names is there.

use logagent_tests::repository;
use std::fs;
use std::path::Path;

/// The code of all tests below a directory.
fn code(directory: &Path, all: &mut String) {
    for entry in fs::read_dir(directory).expect("a directory of the repository").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            code(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&fs::read_to_string(path).expect("text"));
        }
    }
}

#[test]
fn each_test_that_the_page_on_security_names_is_there() {
    let mut all = String::new();
    for directory in ["host", "filters", "guest-sdk", "tests"] {
        code(&repository().join(directory), &mut all);
    }
    let page = fs::read_to_string(repository().join("docs/security.md")).expect("the page");
    // Tests are sentences; no key or path has as many underscores.
    let names =
        page.split('`').skip(1).step_by(2).filter(|name| name.matches('_').count() >= 3 && !name.contains(['/', ' ']));
    let named: Vec<&str> = names.collect();
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<&&str> = named.iter().filter(|name| !all.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
