//! What a scalar's text means: YAML 1.2.2's core schema (chapter 10.3.2). Not for units, which are the reader's.

/// A resolved scalar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(String),
}

/// Resolves a scalar that has no tag.
pub(super) fn resolve(text: &str, is_plain: bool) -> Scalar {
    if !is_plain {
        return Scalar::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Boolean(true),
        "false" | "False" | "FALSE" => Scalar::Boolean(false),
        _ => number(text).unwrap_or_else(|| Scalar::Text(text.to_owned())),
    }
}

/// Resolves a scalar with a tag of the core schema, such as `!!str`; `None` where the text isn't of that type.
pub(super) fn resolve_as(tag: &str, text: &str) -> Option<Scalar> {
    let value = resolve(text, true);
    match (tag, &value) {
        ("str", _) => Some(Scalar::Text(text.to_owned())),
        ("float", Scalar::Integer(_)) => text.parse().ok().map(Scalar::Float),
        ("null", Scalar::Null)
        | ("bool", Scalar::Boolean(_))
        | ("int", Scalar::Integer(_))
        | ("float", Scalar::Float(_)) => Some(value),
        _ => None,
    }
}

/// An integer past 128 bits becomes a float, as with JSON.
fn number(text: &str) -> Option<Scalar> {
    integer(text).map(Scalar::Integer).or_else(|| float(text).map(Scalar::Float))
}

fn integer(text: &str) -> Option<i128> {
    let in_base = |digits: &str, base| {
        digits.starts_with(|c: char| c.is_ascii_alphanumeric()).then(|| i128::from_str_radix(digits, base).ok())?
    };
    match (text.strip_prefix("0o"), text.strip_prefix("0x")) {
        (Some(digits), _) => in_base(digits, 8),
        (_, Some(digits)) => in_base(digits, 16),
        _ => text.parse().ok(),
    }
}

fn float(text: &str) -> Option<f64> {
    match text.strip_prefix(['-', '+']).unwrap_or(text) {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => Some(f64::NEG_INFINITY),
        ".inf" | ".Inf" | ".INF" => Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" if text.starts_with('.') => Some(f64::NAN),
        // Rust also reads `inf`, `infinity` and `nan`, which are text in YAML.
        _ if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) => {
            text.parse().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_by_the_core_schema() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let cases = [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("True", Scalar::Boolean(true)),
            ("yes", text("yes")),
            ("on", text("on")),
            ("-12", Scalar::Integer(-12)),
            ("+12", Scalar::Integer(12)),
            ("0x1f", Scalar::Integer(31)),
            ("0x-1", text("0x-1")),
            ("0o17", Scalar::Integer(15)),
            ("017", Scalar::Integer(17)),
            ("1_000", text("1_000")),
            ("1.", Scalar::Float(1.0)),
            (".5", Scalar::Float(0.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("e", text("e")),
            ("-.inf", Scalar::Float(f64::NEG_INFINITY)),
            ("inf", text("inf")),
            ("nan", text("nan")),
            ("10ms", text("10ms")),
        ];
        for (source, expected) in cases {
            assert_eq!(resolve(source, true), expected, "{source}");
        }
        assert!(matches!(resolve(".nan", true), Scalar::Float(value) if value.is_nan()));
        assert_eq!(resolve(&"9".repeat(50), true), Scalar::Float(1e50));
    }

    #[test]
    fn quotes_and_tags_decide_the_type() {
        assert_eq!(resolve("12", false), Scalar::Text("12".into()));
        assert_eq!(resolve_as("str", "12"), Some(Scalar::Text("12".into())));
        assert_eq!(resolve_as("float", "12"), Some(Scalar::Float(12.0)));
        assert_eq!(resolve_as("int", "twelve"), None);
        assert_eq!(resolve_as("unheard-of", "12"), None);
    }
}
