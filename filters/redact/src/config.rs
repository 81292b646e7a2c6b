//! The configuration's keys, and what of them is refused.

mod hash_key;
mod names;
mod with;

pub use hash_key::HashKey;
pub use with::With;

use logagent_sdk::fields::Paths;
use logagent_sdk::scan::{Escapes, Kind, Pattern, Report, Set};
use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;

use crate::RedactFilter;
use crate::loose::Keys;
use crate::plan::Plan;
use crate::render::Renderer;
use crate::rule::{Form, Rule, Style};
use crate::tally::Tally;

/// What stands under `config` of the filter. At least one of `kinds`, `patterns` and `fields` must.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Kinds of secret that the host knows.
    pub kinds: Option<Vec<KindName>>,
    /// Regular expressions; what they match is a secret.
    pub patterns: Option<Vec<PatternConfig>>,
    /// Keys of JSON bodies, or paths to them, whose values are secrets.
    pub fields: Option<Vec<String>>,
    /// How secrets are replaced.
    #[serde(default)]
    pub with: With,
    /// The key to hash with, as the host hands it over.
    pub hash_key: Option<HashKey>,
}

/// A kind of secret, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the SDK's `Kind` says what each is")]
pub enum KindName {
    Email,
    Card,
    Ipv4,
    Ipv6,
    Phone,
    Iban,
    Jwt,
    AwsKey,
    Bearer,
}

/// A pattern, and what its matches are called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternConfig {
    /// What stands in the label, and in the metric's name.
    pub name: String,
    /// In the syntax of the `regex` crate.
    pub regex: String,
}

impl KindName {
    fn kind(self) -> (&'static str, Kind) {
        match self {
            Self::Email => ("email", Kind::Email),
            Self::Card => ("card", Kind::Card),
            Self::Ipv4 => ("ipv4", Kind::Ipv4),
            Self::Ipv6 => ("ipv6", Kind::Ipv6),
            Self::Phone => ("phone", Kind::Phone),
            Self::Iban => ("iban", Kind::Iban),
            Self::Jwt => ("jwt", Kind::Jwt),
            Self::AwsKey => ("aws_key", Kind::AwsKey),
            Self::Bearer => ("bearer", Kind::Bearer),
        }
    }
}

impl Config {
    pub(crate) fn build(self) -> Result<RedactFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        self.check(&mut errors);
        let (kinds, patterns) = (self.kinds.unwrap_or_default(), self.patterns.unwrap_or_default());
        let fields = self.fields.unwrap_or_default();
        let search = search(&kinds, &patterns, &mut errors);
        let paths = paths(&fields, &mut errors);

        let mut rules = Rules { with: &self.with, tally: Tally::new(), list: Vec::new() };
        kinds.iter().map(|kind| kind.kind()).for_each(|(name, kind)| rules.add(name, name.into(), Form::of(kind)));
        patterns.iter().for_each(|it| rules.add(&it.name, it.name.clone(), Form::Opaque));
        let first_field = rules.list.len();
        fields.iter().for_each(|field| rules.add(field, names::label(field), Form::Opaque));
        let Rules { tally, list: rules, .. } = rules;

        self.with.check_names(&kinds, &patterns, &fields, &mut errors);
        let key = self.hash_key.and_then(|key| key.build(&mut errors));
        let renderer = Renderer::new(key);
        let keys = Keys::new(fields.iter().map(String::as_str).enumerate().filter(|(_, field)| names::is_plain(field)));
        let (values, plan) = (Vec::new(), Plan::default());
        errors.or_ok(RedactFilter { search, paths, rules, first_field, keys, values, plan, renderer, tally })
    }

    fn check(&self, errors: &mut ConfigErrors) {
        if self.kinds.is_none() && self.patterns.is_none() && self.fields.is_none() {
            errors.push(ConfigError::new("", "nothing to redact", "at least one of `kinds`, `patterns`, `fields`"));
        }
        let lists = [
            ("kinds", self.kinds.as_ref().is_some_and(Vec::is_empty), "one kind or more"),
            ("patterns", self.patterns.as_ref().is_some_and(Vec::is_empty), "one pattern or more"),
            ("fields", self.fields.as_ref().is_some_and(Vec::is_empty), "one JSON key or more"),
        ];
        for (key, _, allowed) in lists.into_iter().filter(|(_, is_empty, _)| *is_empty) {
            errors.push(ConfigError::new(key, "an empty list", allowed));
        }
        match (self.with.uses(Style::Hash), &self.hash_key) {
            (true, None) => errors.push(ConfigError::new("hash_key", "no value", hash_key::ALLOWED)),
            (false, Some(_)) => errors.push(ConfigError::new("hash_key", "a key that nothing uses", "`with: hash`")),
            _ => {}
        }
    }
}

/// The rules, as they are made.
struct Rules<'a> {
    with: &'a With,
    tally: Tally,
    list: Vec<Rule>,
}

impl Rules<'_> {
    fn add(&mut self, name: &str, label: String, form: Form) {
        let metric = self.tally.metric(&label);
        self.list.push(Rule::new(label, form, self.with.style(name), metric));
    }
}

fn search(kinds: &[KindName], patterns: &[PatternConfig], errors: &mut ConfigErrors) -> Option<Set> {
    for (index, pattern) in patterns.iter().enumerate() {
        names::check(&pattern.name, &format!("patterns[{index}].name"), errors);
        if pattern.regex.is_empty() {
            let key = format!("patterns[{index}].regex");
            errors.push(ConfigError::new(key, "an empty string", "a pattern of one character or more"));
        }
    }
    let kinds = kinds.iter().map(|kind| Pattern::Kind(kind.kind().1));
    let first_pattern = kinds.len();
    let all: Vec<Pattern<'_>> = kinds.chain(patterns.iter().map(|it| Pattern::Regex(&it.regex))).collect();
    if all.is_empty() {
        return None;
    }
    let refused = match Set::new(&all, Report::All, Escapes::Json) {
        Ok(set) => return Some(set),
        Err(refused) => refused,
    };
    for problem in refused {
        let index = problem.index.checked_sub(first_pattern);
        let key = index.map_or("patterns".into(), |index| format!("patterns[{index}].regex"));
        let found = problem.reason.strip_prefix("not a regular expression: ").unwrap_or(&problem.reason);
        errors.push(ConfigError::new(key, found, "a regular expression of the regex crate"));
    }
    None
}

fn paths(fields: &[String], errors: &mut ConfigErrors) -> Option<Paths> {
    if fields.is_empty() {
        return None;
    }
    let paths: Vec<String> = fields.iter().map(|field| names::path(field)).collect();
    let refused = match Paths::new(&paths) {
        Ok(paths) => return Some(paths),
        Err(refused) => refused,
    };
    for problem in refused {
        if fields[problem.index].is_empty() {
            errors.push(ConfigError::new(
                format!("fields[{}]", problem.index),
                "an empty string",
                "a JSON key or a path",
            ));
            continue;
        }
        let (found, allowed) =
            problem.reason.split_once("; allowed: ").unwrap_or((&problem.reason, "a JSON key or a path"));
        errors.push(ConfigError::new(
            format!("fields[{}]", problem.index),
            found.trim_start_matches("found "),
            allowed,
        ));
    }
    None
}
