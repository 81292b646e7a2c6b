//! serde's sentences, taken apart: it has no other way to say what it found and what it wanted.

/// What a sentence says.
pub(super) struct Parts {
    /// The key below the path that the sentence is about, where it names one.
    pub(super) field: Option<String>,
    /// Whether that key is missing: nothing can be taken out there.
    pub(super) is_missing: bool,
    /// Whether it is none that the configuration has.
    pub(super) is_unknown: bool,
    pub(super) found: String,
    pub(super) allowed: String,
}

pub(super) fn take_apart(message: &str) -> Parts {
    if let Some(field) = quoted_after(message, "missing field `") {
        return of_field(field, true, "no value", "a value");
    }
    if let Some(field) = quoted_after(message, "duplicate field `") {
        return of_field(field, false, "a second value", "one value");
    }
    if let Some(field) = quoted_after(message, "unknown field `") {
        let allowed = message.split_once(", expected ").map_or("no keys", |(_, keys)| keys);
        return Parts { is_unknown: true, ..of_field(field, false, "an unknown key", allowed) };
    }
    let Some((found, allowed)) = message.split_once(", expected ") else {
        return of_value(message.into(), "another value");
    };
    of_value(found_in_words(found), allowed_in_words(allowed))
}

fn of_field(field: &str, is_missing: bool, found: &str, allowed: &str) -> Parts {
    Parts { field: Some(field.into()), is_missing, ..of_value(found.into(), allowed) }
}

fn of_value(found: String, allowed: &str) -> Parts {
    Parts { field: None, is_missing: false, is_unknown: false, found, allowed: allowed.into() }
}

fn quoted_after<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.split('`').next()
}

fn found_in_words(found: &str) -> String {
    let found =
        ["invalid type: ", "invalid value: "].iter().find_map(|start| found.strip_prefix(start)).unwrap_or(found);
    // serde's names for JSON's values, and the words a person knows them by.
    for (start, words) in [
        ("integer ", "the number "),
        ("floating point ", "the number "),
        ("boolean ", ""),
        ("string ", "the string "),
        ("unknown variant ", "the string "),
        // A struct may be written as a list, and that list be too short.
        ("invalid length ", "a list of "),
    ] {
        if let Some(value) = found.strip_prefix(start) {
            return format!("{words}{}", value.trim_matches('`'));
        }
    }
    match found {
        "null" | "unit value" => "no value".into(),
        "sequence" => "a list".into(),
        "map" => "a map".into(),
        _ => found.into(),
    }
}

fn allowed_in_words(allowed: &str) -> &str {
    match allowed {
        "a sequence" => "a list",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "unit" => "no value",
        _ if allowed.starts_with("struct ") => "a map",
        _ => allowed,
    }
}
