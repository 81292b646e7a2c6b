//! A path's steps, as `logagent_sdk::fields` has them. Not for whether a path is right: that says the host, and of a
//! wrong one no more is asked here than that it does no harm.

/// What a step names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A member by its key.
    Key,
    /// All members.
    AnyKey,
    /// An element, or all.
    Index,
    /// All values at any depth.
    AnyDepth,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// Where it ends in the path's text.
    pub(crate) end: usize,
}

pub(crate) fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut at = 0;
    while path != "$" && at < path.len() {
        let rest = &path[at..];
        if rest.starts_with('.') {
            at += 1;
            continue;
        }
        let text = &rest[..length(rest)];
        at += text.len();
        steps.push(Step { kind: kind(text), text, end: at });
    }
    steps
}

fn kind(step: &str) -> Kind {
    match step {
        "*" => Kind::AnyKey,
        "**" => Kind::AnyDepth,
        _ if step.starts_with('[') => Kind::Index,
        _ => Kind::Key,
    }
}

/// How long the first step of this text is, which has one.
fn length(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(b'[') => text.find(']').map_or(text.len(), |at| at + 1),
        Some(b'"') => quoted_length(text.as_bytes()),
        _ => text.find(['.', '[']).unwrap_or(text.len()),
    }
}

fn quoted_length(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    // Without a closing quote the path is wrong, and the place may even be within a character.
    if at < text.len() { at + 1 } else { text.len() }
}

/// What a key's step stands for: a quoted key without its escapes.
pub(crate) fn decoded(step: &str) -> String {
    let quoted = step.starts_with('"').then(|| serde_json::from_str(step).ok()).flatten();
    quoted.unwrap_or_else(|| step.into())
}

/// The paths to all members and elements that a value at `path` has beside it, and beside each value that holds it.
pub(crate) fn levels(path: &str) -> Vec<String> {
    let mut levels = Vec::new();
    let mut parent = "";
    for step in steps(path) {
        match step.kind {
            Kind::Key | Kind::AnyKey => levels.push(join(parent, "*")),
            Kind::Index => levels.push(format!("{parent}[*]")),
            Kind::AnyDepth => {
                let all = join(parent, "**");
                levels.extend([format!("{all}.*"), format!("{all}[*]")]);
                return levels;
            }
        }
        parent = &path[..step.end];
    }
    levels
}

fn join(parent: &str, step: &str) -> String {
    if parent.is_empty() { step.into() } else { format!("{parent}.{step}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_falls_into_steps() {
        let cases: [(&str, &[(&str, Kind)]); 8] = [
            ("$", &[]),
            ("a", &[("a", Kind::Key)]),
            ("a.b", &[("a", Kind::Key), ("b", Kind::Key)]),
            ("a[*].b", &[("a", Kind::Key), ("[*]", Kind::Index), ("b", Kind::Key)]),
            ("[0][1]", &[("[0]", Kind::Index), ("[1]", Kind::Index)]),
            ("**.*", &[("**", Kind::AnyDepth), ("*", Kind::AnyKey)]),
            (r#""a.\"[".b"#, &[(r#""a.\"[""#, Kind::Key), ("b", Kind::Key)]),
            ("größe.ß", &[("größe", Kind::Key), ("ß", Kind::Key)]),
        ];
        for (path, expected) in cases {
            let steps: Vec<_> = steps(path).iter().map(|step| (step.text, step.kind)).collect();
            assert_eq!(steps, expected, "{path}");
        }
    }

    #[test]
    fn wrong_paths_do_no_harm() {
        for path in ["", ".", "..", "[", "a[", "\"", "\"\\", "\"\\ß", "\"ß\\", "]", "a..b", "a\"b.c\"", "[ß]ß"] {
            steps(path);
            levels(path);
        }
    }

    #[test]
    fn the_levels_of_a_path_are_all_that_lies_beside_it() {
        let cases: [(&str, &[&str]); 6] = [
            ("a", &["*"]),
            ("a.b", &["*", "a.*"]),
            ("a[*].b", &["*", "a[*]", "a[*].*"]),
            ("**.id", &["**.*", "**[*]"]),
            ("a.**.id", &["*", "a.**.*", "a.**[*]"]),
            ("[0].a", &["[*]", "[0].*"]),
        ];
        for (path, expected) in cases {
            assert_eq!(levels(path), expected, "{path}");
        }
    }

    #[test]
    fn a_quoted_key_stands_for_its_text() {
        assert_eq!(["a", r#""a.b""#, r#""\u0061\n""#].map(decoded), ["a", "a.b", "a\n"]);
    }
}
