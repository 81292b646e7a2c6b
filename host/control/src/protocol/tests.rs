//! What is read, and what is refused with which words.

use super::*;

#[derive(Serialize)]
struct Asked<'a> {
    version: u32,
    command: &'a str,
    filter: &'a str,
}

fn asked(version: u32, command: &str) -> Result<Command, Refusal> {
    read_request(&named(&Asked { version, command, filter: "an argument of a later version" }))
}

#[test]
fn each_command_is_read_as_it_was_written_and_has_a_name() {
    let state = Command::State { question: StateQuestion::Slow };
    let replay =
        Command::Replay { wanted: Wanted { conditions: vec!["reason=a=b".parse().unwrap()], ..Wanted::default() } };
    for (command, name) in [Command::Status, Command::Reload, state, replay].into_iter().zip(Command::NAMES) {
        assert_eq!(read_request(&request(&command)).unwrap(), command);
        match asked(VERSION, name) {
            Ok(read) => assert_eq!(read, command, "what isn't known of the rest doesn't matter"),
            Err(refusal) => {
                assert!(["state", "replay"].contains(&name) && matches!(refusal, Refusal::Malformed { .. }))
            }
        }
    }
}

#[test]
fn each_question_about_the_state_is_read_as_it_was_written() {
    let get = StateQuestion::Get { namespace: "shared:a".into(), key: vec![0, 255] };
    let top = StateQuestion::Top { count: 7 };
    let hottest = StateQuestion::Hottest { count: 8 };
    for question in [StateQuestion::Namespaces, get, top, hottest, StateQuestion::Heat, StateQuestion::Slow] {
        let command = Command::State { question };
        assert_eq!(read_request(&request(&command)).unwrap(), command);
    }
}

#[test]
fn an_unknown_version_and_an_unknown_command_are_refused_with_both_versions() {
    let text = asked(7, "status").unwrap_err().to_string();
    assert_eq!(text, "the request is of version 7 of the protocol, the agent speaks version 1");
    let text = asked(VERSION, "dance").unwrap_err().to_string();
    let expected = "the agent has no command \"dance\", but status, reload, state, replay; the request is of version 1 of the \
                    protocol, the agent speaks version 1";
    assert_eq!(text, expected);
}

#[test]
fn bytes_that_are_no_request_are_refused() {
    // Nothing, text, a map without what it needs, an array that says to hold four billion items, maps within maps.
    let deep = vec![0x81; 60_000];
    for bytes in [&b""[..], b"GET / HTTP/1.1", b"\x81\xa7version\x01", b"\xdd\xff\xff\xff\xff", &deep] {
        assert!(matches!(read_request(bytes), Err(Refusal::Malformed { .. })), "{bytes:?}");
    }
}

#[test]
fn an_argument_of_any_depth_is_read_over_or_refused() {
    let start = named(&Asked { version: VERSION, command: "status", filter: "" });
    let start = start.strip_suffix(b"\xa0").unwrap();
    for depth in [10, 1000, 60_000] {
        let bytes = [start, &vec![0x91; depth], b"\x01"].concat();
        let is_refused = matches!(read_request(&bytes), Err(Refusal::Malformed { .. }));
        assert_eq!(is_refused, depth > 1000);
    }
}

#[test]
fn an_answer_that_is_too_long_is_a_refusal() {
    let problems = vec!["p".repeat(1 << 20); 17];
    let bytes = answer(&Answer::ReloadRefused(ReloadRefusal { problems }));
    assert!(bytes.len() < 1000);
    let is_refused =
        matches!(read_answer(&bytes), Ok(Answer::Refused(Refusal::TooLong { most: MAX_ANSWER_BYTES, .. })));
    assert!(is_refused);
}

#[test]
fn an_answer_of_another_version_names_both() {
    #[derive(Serialize)]
    struct Other {
        version: u32,
        agent: &'static str,
        answer: &'static str,
    }
    let text = |version| read_answer(&named(&Other { version, agent: "9.9.9", answer: "?" })).unwrap_err().to_string();
    assert_eq!(text(3), "agent 9.9.9 speaks version 3 of the protocol, this logagentctl version 1");
    assert!(text(1).starts_with("agent 9.9.9 says what logagentctl 0.1.0 can't read: "), "{}", text(1));
}
