//! Which paths a source means: the patterns, checked and made absolute, and what they match now. Opens nothing.

use super::complaints::Complaints;
use glob::{MatchOptions, Pattern};
use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An excluded `*` stays within a directory, as an included one does.
const PATHS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// The patterns of one source.
pub struct Patterns {
    include: Vec<Pattern>,
    /// Each for the name alone, and for the whole path.
    exclude: Vec<(Pattern, Pattern)>,
}

/// A pattern that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pattern}: {message}")]
pub struct BadPattern {
    /// Where it stands among the source's keys: `include[0]`, `exclude[2]` …
    pub key: String,
    /// As it was configured.
    pub pattern: String,
    /// What is wrong with it, and where.
    pub message: String,
}

/// A regular file that a pattern matches.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) metadata: Metadata,
}

impl Found {
    /// How long ago it was written last; zero where its time is none, or lies ahead.
    pub(super) fn age(&self) -> Duration {
        self.metadata.modified().ok().and_then(|modified| modified.elapsed().ok()).unwrap_or_default()
    }
}

impl Patterns {
    /// Compiles them; looks for no file.
    ///
    /// # Errors
    /// All that are none.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, Vec<BadPattern>> {
        let both = |pattern: &str| Ok((compile(pattern)?, compile(&absolute(pattern)?)?));
        let mut bad = Vec::new();
        let include = all("include", include, expandable, &mut bad);
        let exclude = all("exclude", exclude, both, &mut bad);
        if bad.is_empty() { Ok(Self { include, exclude }) } else { Err(bad) }
    }

    /// The included patterns, each with the files that it matches now.
    pub(super) fn expand(&self, complaints: &mut Complaints) -> Vec<(&str, Vec<Found>)> {
        let matching = |pattern: &Pattern| -> Vec<Found> {
            let paths = matches(pattern.as_str()).filter_map(|path| complaints.unless(path)).collect::<Vec<_>>();
            paths.into_iter().filter_map(|path| self.find(path, complaints)).collect()
        };
        let expanded = self.include.iter().map(Pattern::as_str).zip(self.include.iter().map(matching));
        expanded.collect()
    }

    fn find(&self, path: PathBuf, complaints: &mut Complaints) -> Option<Found> {
        if self.excludes(&path) {
            return None;
        }
        match std::fs::metadata(&path) {
            Ok(metadata) => metadata.is_file().then_some(Found { path, metadata }),
            // Gone since it was listed, or a link to nowhere, which is no file yet.
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                complaints.complain(&path, "stat", &error);
                None
            }
        }
    }

    /// Whether a file of this path would be found, if it is one.
    pub(super) fn includes(&self, path: &Path) -> bool {
        self.include.iter().any(|pattern| pattern.matches_path_with(path, PATHS)) && !self.excludes(path)
    }

    fn excludes(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.exclude.iter().any(|(by_name, by_path)| by_name.matches(&name) || by_path.matches_path_with(path, PATHS))
    }

    /// Those of these paths under which a source of these patterns would find a regular file, were there one: as they are
    /// written, or where they lead to, also through directories that are links.
    #[must_use]
    pub fn found_among<'p>(&self, paths: &'p [PathBuf]) -> Vec<&'p PathBuf> {
        let directories = self.directories().into_iter().filter_map(|path| Some((path.canonicalize().ok()?, path)));
        let directories: Vec<(PathBuf, PathBuf)> = directories.collect();
        let is_found = |path: &&PathBuf| {
            let Ok(path) = std::path::absolute(path) else { return false };
            let real = resolved(&path);
            let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else { return false };
            let mut same = directories.iter().filter(|(directory, _)| directory == parent);
            self.includes(&path) || self.includes(&real) || same.any(|(_, known)| self.includes(&known.join(name)))
        };
        paths.iter().filter(is_found).collect()
    }

    /// The directories in which a change may bring or take a file: those that the files are in, and those above up
    /// to the first that is named without a wildcard. May name files, too.
    pub(super) fn directories(&self) -> Vec<PathBuf> {
        let mut directories = Vec::new();
        for pattern in &self.include {
            for level in Path::new(pattern.as_str()).ancestors().skip(1) {
                let level = level.to_string_lossy();
                if !level.contains(['*', '?', '[']) {
                    directories.push(PathBuf::from(&*level));
                    break;
                }
                directories.extend(matches(&level).flatten());
            }
        }
        directories
    }
}

/// The patterns under a key, compiled; those that can't be are added to the bad ones.
fn all<T>(
    key: &str,
    patterns: &[String],
    compile: impl Fn(&str) -> Result<T, String>,
    bad: &mut Vec<BadPattern>,
) -> Vec<T> {
    let mut compiled = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        match compile(pattern) {
            Ok(one) => compiled.push(one),
            Err(message) => bad.push(BadPattern { key: format!("{key}[{index}]"), pattern: pattern.clone(), message }),
        }
    }
    compiled
}

fn compile(pattern: &str) -> Result<Pattern, String> {
    Pattern::new(pattern).map_err(|error| error.to_string())
}

/// A pattern whose components are patterns, too: it is matched against directories level by level.
fn expandable(configured: &str) -> Result<Pattern, String> {
    // First as it stands in the file, so that the place of what is wrong is one in that.
    compile(configured)?;
    let whole = absolute(configured)?;
    glob::glob(&whole).map_err(|error| error.to_string())?;
    compile(&whole)
}

/// Events and attributes name whole paths.
fn absolute(pattern: &str) -> Result<String, String> {
    if pattern.is_empty() {
        return Err("a path is expected".into());
    }
    let mut whole = PathBuf::from(pattern);
    if whole.is_relative() {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        whole = Path::new(&Pattern::escape(&here.to_string_lossy())).join(pattern);
    }
    // Drops the `.` and double `/`, which no event has.
    let whole = std::path::absolute(whole).map_err(|error| error.to_string())?;
    Ok(whole.to_string_lossy().into_owned())
}

/// What an absolute path leads to; its end as it is written, where that is not there yet.
fn resolved(path: &Path) -> PathBuf {
    let real = |there: &Path| Some((there.canonicalize().ok()?, path.strip_prefix(there).ok()?));
    let (there, rest) = path.ancestors().find_map(real).unwrap_or((PathBuf::new(), path));
    there.components().chain(rest.components()).collect()
}

fn matches(pattern: &str) -> glob::Paths {
    glob::glob(pattern).expect("an expandable pattern, or a parent of one")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(include: &[&str], exclude: &[&str]) -> Result<Patterns, Vec<BadPattern>> {
        let owned = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect::<Vec<_>>();
        Patterns::new(&owned(include), &owned(exclude))
    }

    #[test]
    fn each_bad_pattern_is_named_as_it_was_configured_and_where() {
        let include = ["/a/[.log", "/a", "/a/b**", "", "/a/[b/c]/d"];
        let Err(bad) = patterns(&include, &["x", "/a/[.log"]) else { panic!("they were taken") };
        let named = bad.iter().map(|bad| (&*bad.key, &*bad.pattern)).collect::<Vec<_>>();
        let keys = ["include[0]", "include[2]", "include[3]", "include[4]", "exclude[1]"];
        assert_eq!(
            named,
            keys.into_iter().zip(["/a/[.log", "/a/b**", "", "/a/[b/c]/d", "/a/[.log"]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_exclusion_matches_the_whole_path_or_the_name() {
        let cases = [("*.gz", true), ("/a/b/*.gz", true), ("/a/*.gz", false), ("/a/**/*.gz", true), ("x.gz", true)];
        for (exclude, is_excluded) in cases {
            let patterns = patterns(&["/a/**/*"], &[exclude]).unwrap();
            assert_eq!(patterns.includes(Path::new("/a/b/x.gz")), !is_excluded, "{exclude}");
        }
    }

    #[test]
    fn a_relative_pattern_starts_at_the_working_directory() {
        let here = std::env::current_dir().unwrap();
        assert!(patterns(&["./logs//*.log"], &[]).unwrap().includes(&here.join("logs/a.log")));
    }

    #[test]
    fn a_path_is_found_under_each_name_that_its_directory_has() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("real/deep")).unwrap();
        std::fs::create_dir(root.join("other")).unwrap();
        std::os::unix::fs::symlink("real", root.join("link")).unwrap();
        std::fs::write(root.join("real/a.log"), "").unwrap();
        std::os::unix::fs::symlink("../real/a.log", root.join("other/current")).unwrap();
        for (include, exclude, path, is_found) in [
            ("real/*.log", "x", "real/out.log", true),
            ("real/*.log", "x", "link/out.log", true),
            ("link/*.log", "x", "real/out.log", true),
            ("li*/*.log", "x", "real/out.log", true),
            ("link/../real/*.log", "x", "real/deep/../out.log", true),
            ("real/*.log", "x", "other/current", true),
            ("**/*.log", "x", "later/on/out.log", true),
            ("real/*.log", "x", "other/out.log", false),
            ("real/*.log", "x", "real/deep/out.log", false),
            ("real/*.log", "x", "real/out.txt", false),
            ("real/*.log", "out.log", "link/out.log", false),
        ] {
            let pattern = root.join(include);
            let patterns = patterns(&[&pattern.to_string_lossy()], &[exclude]).unwrap();
            assert_eq!(!patterns.found_among(&[root.join(path)]).is_empty(), is_found, "{include} {exclude} {path}");
        }
    }

    #[test]
    fn directories_are_those_of_the_files_and_of_each_wildcard() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("a/b/c")).unwrap();
        let cases: [(&str, &[&str]); 4] = [
            ("*.log", &[""]),
            ("a/*/*.log", &["a", "a/b"]),
            ("*/b/*.log", &["", "a", "a/b"]),
            ("a/**/*.log", &["a", "a/b", "a/b/c"]),
        ];
        for (pattern, expected) in cases {
            let pattern = root.path().join(pattern);
            let mut directories = patterns(&[&pattern.to_string_lossy()], &[]).unwrap().directories();
            directories.sort();
            directories.dedup();
            let below = |path: &PathBuf| path.strip_prefix(root.path()).unwrap().to_string_lossy().into_owned();
            assert_eq!(directories.iter().map(below).collect::<Vec<_>>(), expected, "{}", pattern.display());
        }
    }
}
