//! Names of patterns and fields: the paths they stand for, and what they are called in labels and metrics.

use logagent_sdk::{ConfigError, ConfigErrors};

use crate::tally::LONGEST_NAME;

/// Refuses a pattern's name that would not do in a label or a metric.
pub(super) fn check(name: &str, key: &str, errors: &mut ConfigErrors) {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'))
        && name.len() <= LONGEST_NAME;
    if !is_name {
        let allowed = format!("a letter, then letters, digits, `_` and `-`, {LONGEST_NAME} at most");
        errors.push(ConfigError::new(key, format!("the string \"{name}\""), allowed));
    }
}

/// Whether a field is a key, and no path.
pub(super) fn is_plain(field: &str) -> bool {
    !field.is_empty() && field != "$" && !field.contains(['.', '[', '"', '*'])
}

/// The path that a field's name stands for: a plain key is looked for at any depth.
pub(super) fn path(field: &str) -> String {
    if !is_plain(field) {
        return field.into();
    }
    let mut path = String::from("**.\"");
    for char in field.chars() {
        match char {
            '\\' => path += "\\\\",
            ..' ' => path += &format!("\\u{:04x}", u32::from(char)),
            _ => path.push(char),
        }
    }
    path + "\""
}

/// What a field is called: the last key of its path, in characters that need no escapes.
pub(super) fn label(field: &str) -> String {
    let mut path = field;
    while let Some((before, _)) = path.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        path = before;
    }
    let last = match path.strip_suffix('"').and_then(|rest| rest.rsplit_once('"')) {
        Some((_, quoted)) => quoted,
        None => path.rsplit('.').next().unwrap_or_default(),
    };
    let plain = |char: char| if char.is_alphanumeric() || matches!(char, '_' | '-' | '.') { char } else { '_' };
    let label: String = last.chars().take(LONGEST_NAME).map(plain).collect();
    if matches!(last, "" | "*" | "**" | "$") { "value".into() } else { label }
}

#[cfg(test)]
mod tests {
    use super::{label, path};

    #[test]
    fn a_plain_key_is_looked_for_at_any_depth() {
        let cases = [
            ("password", r#"**."password""#),
            ("credit card", r#"**."credit card""#),
            ("a\\b\tc", r#"**."a\\b\u0009c""#),
            ("user.email", "user.email"),
            ("items[*].card", "items[*].card"),
            (r#""a.b""#, r#""a.b""#),
            ("*", "*"),
            ("$", "$"),
        ];
        for (field, expected) in cases {
            assert_eq!(path(field), expected);
        }
    }

    #[test]
    fn a_field_is_called_by_its_last_key() {
        let cases = [
            ("password", "password"),
            ("user.email", "email"),
            ("items[*].card", "card"),
            ("pins[0][*]", "pins"),
            (r#"a."b.c""#, "b.c"),
            ("credit card", "credit_card"),
            ("größe", "größe"),
            ("a.**", "value"),
            ("$", "value"),
            ("[*]", "value"),
        ];
        for (field, expected) in cases {
            assert_eq!(label(field), expected);
        }
    }
}
