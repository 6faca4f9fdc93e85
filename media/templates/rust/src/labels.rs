//! The rules of {{name}}: labels for the tools of a server of notes. A note lies in a folder and has an author:
//!
//! - folder `public`: everybody may know it; any other: only agents that the policy clears for `notes/FOLDER`;
//! - author `staff`: approved; everybody else: unapproved.
//!
//! Change `touched_by`, `Note::of` and `agent` to what your server does.

use crate::host::{self, Level};
use crate::Answer;
use serde_json::{json, Value};
use std::fmt::Write;

const LEVELS: [&str; 4] = ["none", "unapproved", "approved", "merged"];
const UNAPPROVED: usize = 2;
const APPROVED: usize = 3;

/// The folders beside "public", for policies that clear an agent for all of them.
const PRIVATE_FOLDERS: [&str; 2] = ["team", "board"];

/// What a tool touches: a list of notes, the note with the id in its arguments, or a new note in the folder in its arguments.
enum Touched {
    List,
    Note,
    Folder,
}

/// The operation of a tool, and what it touches; none for a tool without a rule.
fn touched_by(tool: &str) -> Option<(&'static str, Touched)> {
    match tool {
        "list_notes" | "search_notes" => Some(("read", Touched::List)),
        "read_note" | "note_info" => Some(("read", Touched::Note)),
        "delete_note" => Some(("write", Touched::Note)),
        "add_note" => Some(("write", Touched::Folder)),
        _ => None,
    }
}

/// An input that was not read has no value.
const TOO_LARGE: &str = "the input needs more memory than a guard has";

/// What is known of a note. Nothing is known of a note without a folder, so no agent is cleared for it.
struct Note {
    folder: String,
    /// The number of levels that it has; 0 is blocked.
    level: usize,
}

impl Note {
    /// What nobody may read or write.
    fn blocked() -> Note {
        Note {
            folder: "public".into(),
            level: 0,
        }
    }

    fn of(described: &Value) -> Note {
        let folder = described["folder"].as_str().unwrap_or_default();
        Note {
            folder: folder.into(),
            level: if described["author"] == "staff" {
                APPROVED
            } else {
                UNAPPROVED
            },
        }
    }

    fn labels(&self, description: &str) -> Value {
        let integrity = if self.level == 0 {
            &["blocked"]
        } else {
            &LEVELS[..self.level]
        };
        let secrecy = if self.folder == "public" {
            vec![]
        } else {
            vec![folder_tag(&self.folder)]
        };
        json!({ "description": description, "integrity": integrity, "secrecy": secrecy })
    }
}

fn folder_tag(folder: &str) -> String {
    format!(
        "private:notes/{}",
        if folder.is_empty() { "unknown" } else { folder }
    )
}

/// `label_agent`: what the policy clears the agent for, and how far it trusts what the agent reads.
pub fn agent(policy: Option<&Value>, out: &mut Answer) -> Result<(), String> {
    let policy = policy.ok_or(TOO_LARGE)?;
    let allowed = &policy["allow-only"];
    let least = &allowed["min-integrity"];
    let level = LEVELS
        .iter()
        .position(|name| least == name)
        .ok_or_else(|| {
            format!("min-integrity must be none, unapproved, approved or merged, not {least}")
        })?;
    let all = || PRIVATE_FOLDERS.map(folder_tag).to_vec();
    let secrecy = match &allowed["repos"] {
        Value::String(word) if word == "all" => all(),
        Value::String(word) if word == "public" => vec![],
        Value::Array(scopes) => {
            let mut tags = vec![];
            for scope in scopes {
                match scope.as_str().and_then(|text| text.strip_prefix("notes/")) {
                    Some("*") => tags.extend(all()),
                    Some(folder) if !folder.is_empty() && !folder.ends_with('*') => {
                        tags.push(folder_tag(folder))
                    }
                    _ => return Err(format!("expected notes/FOLDER or notes/*, not {scope}")),
                }
            }
            tags
        }
        other => return Err(format!("repos must be all, public or a list, not {other}")),
    };
    put(
        out,
        json!({ "agent": { "integrity": LEVELS[..=level], "secrecy": secrecy }, "difc_mode": "filter" }),
    )
}

/// `label_resource`: the kind of access, and the labels of what the call touches.
pub fn resource(call: Option<&Value>, out: &mut Answer) -> Result<(), String> {
    let call = call.ok_or(TOO_LARGE)?;
    let tool = call["tool_name"].as_str().unwrap_or_default();
    let args = &call["tool_args"];
    let Some((operation, touched)) = touched_by(tool) else {
        // A tool that the guard does not know may do anything.
        host::log(Level::Warn, &format!("a tool without a rule: {tool}"));
        let labels = Note::blocked().labels(&format!("tool:{tool}"));
        return put(out, json!({ "operation": "write", "resource": labels }));
    };
    let labels = match touched {
        // Anybody may ask for a list; label_response labels its notes.
        Touched::List => Note {
            folder: "public".into(),
            level: APPROVED,
        }
        .labels(tool),
        Touched::Note => look_up(&args["id"]).labels(&format!("note:{}", text_of(&args["id"]))),
        Touched::Folder => {
            let folder = text_of(&args["folder"]);
            Note {
                folder: folder.into(),
                level: APPROVED,
            }
            .labels(&format!("folder:{folder}"))
        }
    };
    host::log(
        Level::Info,
        &format!("{tool}: {operation} {}", text_of(&labels["description"])),
    );
    put(out, json!({ "operation": operation, "resource": labels }))
}

/// Folder and author of a note are not in the call, so the guard asks its server. What cannot be found out is blocked.
fn look_up(id: &Value) -> Note {
    let info = if id.is_string() {
        host::ask("note_info", &json!({ "id": id }))
    } else {
        None
    };
    match info.and_then(|result| json_of(&result)) {
        Some(info) if info["folder"].is_string() => Note::of(&info),
        _ => Note::blocked(),
    }
}

/// `label_response`: labels for each note of a list, or for the one note of another result. An answer without `labeled_paths` hands the whole
/// result to the agent, whatever `label_resource` said: right for an error of the server, which has no notes in it, and for nothing else.
/// A result that is too large to be read is withheld as a whole.
pub fn response(call: Option<&Value>, out: &mut Answer) -> Result<(), String> {
    let Some(call) = call else {
        host::log(Level::Warn, TOO_LARGE);
        return put(
            out,
            json!({ "labeled_paths": [], "default_labels": Note::blocked().labels("too large") }),
        );
    };
    let result = &call["tool_result"];
    if result["isError"] == true {
        return put(out, "{}");
    }
    let label = |note: &Value| Note::of(note).labels(&format!("note:{}", text_of(&note["id"])));
    put(out, r#"{"labeled_paths":["#)?;
    let default = match json_of(result) {
        Some(Value::Array(notes)) => {
            // Written one by one: as values, the labels of a long list need more memory than the list.
            for (index, note) in notes.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let labels = label(note);
                put(
                    out,
                    format_args!(r#"{comma}{{"path":"/{index}","labels":{labels}}}"#),
                )?;
            }
            Note::blocked().labels("a note without a rule")
        }
        Some(note @ Value::Object(_)) => label(&note),
        _ => {
            let tool = text_of(&call["tool_name"]);
            host::log(
                Level::Warn,
                &format!("{tool} gave neither a note nor a list of notes"),
            );
            Note::blocked().labels("something without a rule")
        }
    };
    put(out, format_args!(r#"],"default_labels":{default}}}"#))
}

fn put(out: &mut Answer, text: impl std::fmt::Display) -> Result<(), String> {
    write!(out, "{text}").map_err(|error| error.to_string())
}

/// The JSON in an MCP result: its text items, one after the other, as the gateway reads them.
fn json_of(result: &Value) -> Option<Value> {
    let texts = result["content"]
        .as_array()?
        .iter()
        .filter(|item| item["type"] == "text");
    serde_json::from_str(
        &texts
            .filter_map(|item| item["text"].as_str())
            .collect::<String>(),
    )
    .ok()
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
