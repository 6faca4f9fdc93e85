//! The tools of the file server: what each call touches, and what each part of its answer is.

use crate::facts::Facts;
use crate::host::{self, Level};
use crate::label::{Integrity, Label};
use crate::lines::{listing_line, split_contents, Line};
use crate::paths::{Kind, Place};
use crate::policy::Policy;
use crate::reply::{self, Answer};
use crate::tools::{Call, Operation, Resource};
use serde_json::Value;

/// A file that is read: the rule of its folder, unless everyone on the machine can write it.
pub fn content(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let path = call.text("path")?;
    let place = Place::resolve(&path, &facts.roots());
    let label = content_label(policy, facts, &path, &place);
    Ok(Resource { description: place.describe(Kind::File, policy), label, operation: Operation::Read })
}

/// Several files at once. Which of them are open to all is asked when the answer is there, file by file.
pub fn contents(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let roots = facts.roots();
    let paths = paths_of(call)?;
    let label = Label::join_all(paths.iter().map(|path| Place::resolve(path, &roots).label(policy, Kind::File)));
    Ok(Resource {
        description: format!("files:{} paths", paths.len()),
        label: label.unwrap_or_else(Label::blocked),
        operation: Operation::Read,
    })
}

pub fn directory(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let place = Place::resolve(&call.text("path")?, &facts.roots());
    Ok(Resource {
        description: place.describe(Kind::Directory, policy),
        label: place.contents_label(policy),
        operation: Operation::Read,
    })
}

pub fn server_facts() -> Resource {
    let label = Label::open(Integrity::Merged);
    Resource { description: "server:allowed directories".into(), label, operation: Operation::Read }
}

pub fn written(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let place = Place::resolve(&call.text("path")?, &facts.roots());
    facts.forget_file(&place);
    let kind = if call.tool == "create_directory" { Kind::Directory } else { Kind::File };
    Ok(Resource {
        description: place.describe(kind, policy),
        label: place.label(policy, kind),
        operation: Operation::Write,
    })
}

/// The server answers an edit with a diff, so an edit also reads.
pub fn edited(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    Ok(Resource { operation: Operation::ReadWrite, ..content(policy, facts, call)? })
}

/// A move carries the content along: it may not become less secret, and it is trusted anew where it arrives.
pub fn moved(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let roots = facts.roots();
    let from = Place::resolve(&call.text("source")?, &roots);
    let to = Place::resolve(&call.text("destination")?, &roots);
    facts.forget_file(&from);
    facts.forget_file(&to);
    let (source, target) = (from.label(policy, Kind::File), to.label(policy, Kind::File));
    let description = format!("{} from {}", to.describe(Kind::File, policy), from.describe(Kind::File, policy));
    let mut label = Label { secrecy: target.secrecy.clone(), ..source.meet(&target) };
    if !source.secrecy.is_subset(&target.secrecy) {
        host::log(Level::Warn, &format!("move_file: {description} would make it public; nobody may do that"));
        label.blocked = true;
    }
    Ok(Resource { description, label, operation: Operation::Write })
}

pub fn label_listing(
    policy: &Policy,
    facts: &mut Facts,
    call: &Call,
    result: &Value,
    out: &mut Answer,
) -> Result<bool, String> {
    let place = Place::resolve(&call.text("path")?, &facts.roots());
    let with_sizes = call.tool == "list_directory_with_sizes";
    let text = host::result_text(result);
    if text.is_empty() {
        return Ok(false);
    }
    let entry = |line: &str| match listing_line(line, with_sizes) {
        Line::Directory(name) => Some((place.child(name), Kind::Directory)),
        Line::File(name) => Some((place.child(name), Kind::File)),
        Line::Summary => None,
    };
    // Listed twice, because all entries together need more memory than their text.
    let named = text.split('\n').filter_map(entry);
    let whole = Label::join_all(named.map(|(place, kind)| place.label(policy, kind)))
        .unwrap_or_else(|| place.contents_label(policy));
    let summary = whole.to_json(&format!("summary of {}", place.describe(Kind::Directory, policy)));
    let pieces = text.split('\n').map(|line| match entry(line) {
        Some((place, kind)) => (line, place.label(policy, kind).to_json(&place.describe(kind, policy))),
        None => (line, summary.clone()),
    });
    reply::pieces(out, pieces);
    Ok(true)
}

pub fn label_matches(policy: &Policy, facts: &mut Facts, result: &Value, out: &mut Answer) -> bool {
    let text = host::result_text(result);
    if text == "No matches found" {
        return false;
    }
    let roots = facts.roots();
    let pieces = text.split('\n').map(|line| {
        let place = Place::resolve(line, &roots);
        (line, place.label(policy, Kind::File).to_json(&place.describe(Kind::File, policy)))
    });
    reply::pieces(out, pieces);
    true
}

pub fn label_contents(
    policy: &Policy,
    facts: &mut Facts,
    call: &Call,
    result: &Value,
    out: &mut Answer,
) -> Result<bool, String> {
    let roots = facts.roots();
    let paths = paths_of(call)?;
    let text = host::result_text(result);
    let files: Vec<(Label, String)> = paths
        .iter()
        .map(|path| {
            let place = Place::resolve(path, &roots);
            (content_label(policy, facts, path, &place), place.describe(Kind::File, policy))
        })
        .collect();
    let Some(pieces) = split_contents(&text, &paths) else {
        host::log(Level::Warn, "read_multiple_files: a file holds the separator, so all are labelled as one");
        let label = Label::join_all(files.into_iter().map(|(label, _)| label)).unwrap_or_else(Label::blocked);
        reply::whole(out, &label, &format!("files:{} paths", paths.len()));
        return Ok(true);
    };
    let labels = files.iter().map(|(label, description)| label.to_json(description));
    reply::pieces(out, pieces.into_iter().zip(labels));
    Ok(true)
}

/// The tree is JSON, a list of entries with `children`; a folder is as secret and as weak as anything in it.
pub fn label_tree(
    policy: &Policy,
    facts: &mut Facts,
    call: &Call,
    result: &Value,
    out: &mut Answer,
) -> Result<bool, String> {
    let place = Place::resolve(&call.text("path")?, &facts.roots());
    let Ok(Value::Array(entries)) = serde_json::from_slice(host::result_text(result).as_bytes()) else {
        return Ok(false);
    };
    let labels = entries.iter().map(|entry| {
        let (child, kind) = tree_entry(&place, entry);
        tree_label(policy, &place, entry).to_json(&child.describe(kind, policy))
    });
    reply::by_path(out, "", labels);
    Ok(true)
}

fn tree_label(policy: &Policy, parent: &Place, entry: &Value) -> Label {
    let (place, kind) = tree_entry(parent, entry);
    let children = entry["children"].as_array().into_iter().flatten();
    children.fold(place.label(policy, kind), |label, child| label.join(&tree_label(policy, &place, child)))
}

fn tree_entry(parent: &Place, entry: &Value) -> (Place, Kind) {
    let kind = if entry["type"] == "directory" { Kind::Directory } else { Kind::File };
    (parent.child(entry["name"].as_str().unwrap_or_default()), kind)
}

fn content_label(policy: &Policy, facts: &mut Facts, path: &str, place: &Place) -> Label {
    let mut label = place.label(policy, Kind::File);
    // Below "approved" a look-up would not change what an agent may do with it.
    if place.is_inside() && label.integrity >= Integrity::Approved && facts.is_open_to_all(path, place) {
        label.integrity = Integrity::None;
    }
    label
}

fn paths_of(call: &Call) -> Result<Vec<String>, String> {
    let paths: Option<Vec<String>> = call.list("paths")?.iter().map(|path| path.as_str().map(str::to_string)).collect();
    match paths {
        Some(paths) if !paths.is_empty() => Ok(paths),
        _ => Err(format!("{}: argument \"paths\" must name at least one file", call.tool)),
    }
}
