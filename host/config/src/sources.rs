//! Sources, as configured. Not for opening them.

use crate::reader::{Section, Table};

const DEFAULT_RECORD_BYTES: usize = 1 << 20;
const MAX_RECORD_BYTES: usize = 256 << 20;

const KINDS: [(&str, Kind); 2] = [("file", Kind::File), ("stdin", Kind::Stdin)];
const READ_FROM: [(&str, ReadFrom); 2] = [("beginning", ReadFrom::Beginning), ("end", ReadFrom::End)];

/// Where records come from (`type`).
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Files, followed through rotation.
    File(FileSource),
    /// The standard input, to its end. At most one source.
    Stdin(StdinSource),
}

/// A source of type `file`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSource {
    /// Glob patterns of the files to read; at least one. Not checked here.
    pub include: Vec<String>,
    /// Glob patterns of files not to read.
    pub exclude: Vec<String>,
    /// Where to start in files first seen at start.
    pub read_from: ReadFrom,
    /// The longest record in bytes, 1 to 256 MiB; longer ones are cut.
    pub max_record_bytes: usize,
}

/// A source of type `stdin`.
#[derive(Debug, Clone, PartialEq)]
pub struct StdinSource {
    /// The longest record in bytes, 1 to 256 MiB; longer ones are cut.
    pub max_record_bytes: usize,
}

/// Where to start in a file without a checkpoint (`beginning`, `end`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadFrom {
    /// At its first byte.
    #[default]
    Beginning,
    /// Behind its last byte.
    End,
}

impl Source {
    /// The longest record in bytes.
    #[must_use]
    pub fn max_record_bytes(&self) -> usize {
        match self {
            Self::File(file) => file.max_record_bytes,
            Self::Stdin(stdin) => stdin.max_record_bytes,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    File,
    Stdin,
}

pub(crate) fn read(root: &mut Section<'_>) -> Table<Source> {
    let mut stdin = None;
    Table::read_some(root, "sources", "source", |section| {
        let kind_field = section.required("type", "file, stdin")?;
        match kind_field.choice(&KINDS)? {
            Kind::File => Some(Source::File(FileSource::read(section))),
            Kind::Stdin => {
                // Two readers would each get some of the bytes, in no order.
                if let Some(first) = stdin.replace(section.path.clone()) {
                    kind_field.wrong::<()>(&format!("one source of this type (the first is {first})"));
                }
                Some(Source::Stdin(StdinSource { max_record_bytes: max_record_bytes(section) }))
            }
        }
    })
}

impl FileSource {
    fn read(section: &mut Section<'_>) -> Self {
        const PATTERNS: &str = "a list of glob patterns";
        const PATTERN: &str = "a glob pattern";
        let include = section.required("include", PATTERNS);
        if let Some(field) = &include {
            field.refuse_empty_list("at least one glob pattern");
        }
        let exclude = section.optional("exclude");
        Self {
            include: include.and_then(|field| field.texts(PATTERNS, PATTERN)).unwrap_or_default(),
            exclude: exclude.and_then(|field| field.texts(PATTERNS, PATTERN)).unwrap_or_default(),
            read_from: section.choice("read_from", &READ_FROM, ReadFrom::default()),
            max_record_bytes: max_record_bytes(section),
        }
    }
}

fn max_record_bytes(section: &mut Section<'_>) -> usize {
    section.size("max_record_bytes", 1..=MAX_RECORD_BYTES, DEFAULT_RECORD_BYTES)
}
