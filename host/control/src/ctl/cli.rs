//! The command line of `logagentctl`.

use crate::StateQuestion;
use crate::state::parse;
use clap::{Args, Parser, Subcommand, ValueEnum};
use logagent_letters::Condition;
use std::path::PathBuf;

/// What a person does beside the agent.
#[derive(Debug, Parser)]
#[command(name = "logagentctl", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a failure, no agent, or a refusal; 2 wrong usage; \
    78 a wrong configuration (--config).";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Shows what the agent does: pipelines, rates, filters and their generations
    Status {
        #[command(flatten)]
        address: Address,
        /// All that the agent says, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Has the agent read its configuration and components again, and shows what changed
    Reload {
        #[command(flatten)]
        address: Address,
    },
    /// Shows what filters remember, which may be secret
    State {
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Shows the records that filters failed on or sinks gave up, and sends them again
    DeadLetter {
        #[command(subcommand)]
        command: DeadLetterCommand,
    },
    /// Shows a buffer on the disk, with or without an agent that uses it
    Buffer {
        #[command(subcommand)]
        command: BufferCommand,
    },
    /// Prints the version
    Version,
}

#[derive(Debug, Subcommand)]
pub(super) enum BufferCommand {
    /// Lists its segments, how far it was read, and what is left
    Inspect {
        /// The buffer: data_dir/buffers/SINK
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Checks each of its entries; the exit code is 1 where something is wrong
    Verify {
        /// The buffer: data_dir/buffers/SINK
        #[arg(value_name = "DIR")]
        directory: PathBuf,
        /// The key that it is encrypted with, to see whether each entry can be decrypted
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}

/// What a list of the top is ordered by.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TopBy {
    /// Entries, by what they take
    Size,
    /// Keys, by how often filters asked for them of late
    Hits,
}

impl TopBy {
    pub(super) fn question(self, count: u32) -> StateQuestion {
        match self {
            Self::Size => StateQuestion::Top { count },
            Self::Hits => StateQuestion::Hottest { count },
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum StateCommand {
    /// Lists the namespaces: what each holds, may hold, and has lost
    Namespaces {
        #[command(flatten)]
        asked: Asked,
    },
    /// Shows an entry: its value and when it goes
    Get {
        /// As `namespaces` lists it: a filter's name, or shared:NAME
        namespace: String,
        /// Text, or hex: and hexadecimal digits
        #[arg(value_parser = parse_key)]
        key: Key,
        #[command(flatten)]
        asked: Asked,
    },
    /// Lists the entries that take the most, or the keys that are asked for most
    Top {
        /// By what
        #[arg(long, value_enum, default_value_t = TopBy::Size)]
        by: TopBy,
        /// How many
        #[arg(short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        count: u32,
        #[command(flatten)]
        asked: Asked,
    },
    /// Shows at which shards lanes wait for each other
    Heat {
        /// Draw it into this file, too
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        #[command(flatten)]
        asked: Asked,
    },
    /// Lists the last operations that waited for a shard, or held it, for long
    Slow {
        #[command(flatten)]
        asked: Asked,
    },
}

/// Of which agent, and for whom.
#[derive(Args, Debug)]
pub(super) struct Asked {
    #[command(flatten)]
    pub(super) address: Address,
    /// All that the agent says, as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// A key's bytes. A name of its own, since an option of a list would take several arguments.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Vec<u8>);

fn parse_key(text: &str) -> Result<Key, String> {
    parse(text).map(Key)
}

#[derive(Debug, Subcommand)]
pub(super) enum DeadLetterCommand {
    /// Lists them: when, which filter or sink, what failed, where the record came from
    List {
        #[command(flatten)]
        data_dir: DataDir,
        /// Show the beginning of each record, too; nothing of it is redacted
        #[arg(long)]
        show_records: bool,
    },
    /// Prints one in full, as JSON; nothing of its record is redacted
    Show {
        /// Its number in the list
        #[arg(value_name = "N")]
        number: u64,
        #[command(flatten)]
        data_dir: DataDir,
    },
    /// Has the running agent send them through their pipelines again, each once
    Replay {
        #[command(flatten)]
        address: Address,
        /// Send all through this pipeline; without it, each goes through the one that it was in
        #[arg(long, value_name = "PIPELINE")]
        through: Option<String>,
        /// Only those of which this is true; KEY is reason, pipeline, filter, sink, component, source or stream
        #[arg(long = "where", value_name = "KEY=VALUE")]
        conditions: Vec<Condition>,
        /// Those, too, that were sent before an agent was killed, and may have arrived
        #[arg(long)]
        again: bool,
    },
}

/// Which agent.
#[derive(Args, Debug)]
pub(super) struct Address {
    #[command(flatten)]
    pub(super) data_dir: DataDir,
    /// The agent's control socket
    #[arg(long, value_name = "PATH", conflicts_with_all = ["data_dir", "config"])]
    pub(super) socket: Option<PathBuf>,
}

/// Which directory.
#[derive(Args, Debug)]
pub(super) struct DataDir {
    /// The agent's data_dir; ./data where nothing says which
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    pub(super) data_dir: Option<PathBuf>,
    /// The agent's configuration, for its data_dir
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}
