//! The tools of the memory server. An entity says where it comes from in its observations, and is labelled like its source.

use crate::facts::{strings, Facts};
use crate::host::{self, Level};
use crate::label::{Integrity, Label};
use crate::paths::Place;
use crate::policy::Policy;
use crate::reply::{self, Answer};
use crate::tools::{Call, Operation, Resource};
use serde_json::Value;
use std::collections::BTreeMap;

type Known = BTreeMap<String, Vec<String>>;

/// What will be read is known only when the answer is there.
pub fn read(call: &Call) -> Resource {
    let description = match (call.tool.as_str(), call.text("query")) {
        ("search_nodes", Ok(query)) => format!("memory:search for {query}"),
        ("open_nodes", _) => "memory:entities by name".into(),
        _ => "memory:the whole graph".into(),
    };
    Resource { description, label: Label::open(Integrity::Unapproved), operation: Operation::Read }
}

pub fn created(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let entities = call.list("entities")?;
    let lines: Vec<String> = entities.iter().flat_map(|entity| strings(&entity["observations"])).collect();
    let known = with_subjects(facts, &lines, Known::new());
    let label = Label::meet_all(entities.iter().map(|entity| {
        facts.forget_entity(entity["name"].as_str().unwrap_or_default());
        entity_label(policy, &strings(&entity["observations"]), &known)
    }));
    Ok(write_to(names(&entities, "name"), label))
}

/// The entity keeps what it was secret about and gets what the new observations are secret about.
pub fn extended(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let additions = call.list("observations")?;
    let names = names(&additions, "entityName");
    let lines: Vec<String> = additions.iter().flat_map(|addition| strings(&addition["contents"])).collect();
    let known = look_up(facts, &names);
    let known = with_subjects(facts, &lines, known);
    let label = Label::meet_all(additions.iter().zip(&names).map(|(addition, name)| {
        facts.forget_entity(name);
        let now = entity_label(policy, known.get(name).map(Vec::as_slice).unwrap_or_default(), &known);
        let new = entity_label(policy, &strings(&addition["contents"]), &known);
        Label { secrecy: now.join(&new).secrecy, ..now.meet(&new) }
    }));
    Ok(write_to(names, label))
}

pub fn related(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let relations = call.list("relations")?;
    let mut ends = [names(&relations, "from"), names(&relations, "to")].concat();
    ends.sort();
    ends.dedup();
    let known = look_up(facts, &ends);
    let label = Label::meet_all(ends.iter().map(|name| known_label(policy, name, &known)));
    Ok(write_to(ends, label))
}

/// Without its source an entity would be open to all, so removing that line takes the highest integrity.
pub fn deleted(policy: &Policy, facts: &mut Facts, call: &Call) -> Result<Resource, String> {
    let (names, removes_source) = if call.tool == "delete_entities" {
        (strings(&Value::Array(call.list("entityNames")?)), false)
    } else {
        let deletions = call.list("deletions")?;
        let mut lines = deletions.iter().flat_map(|deletion| strings(&deletion["observations"]));
        (names(&deletions, "entityName"), lines.any(|line| origin(&line).is_some()))
    };
    let known = look_up(facts, &names);
    names.iter().for_each(|name| facts.forget_entity(name));
    let mut label = Label::meet_all(names.iter().map(|name| known_label(policy, name, &known)));
    if removes_source {
        host::log(Level::Info, &format!("{}: would remove where an entity comes from", call.tool));
        label = label.map(|label| Label { integrity: Integrity::Merged, ..label });
    }
    Ok(write_to(names, label))
}

/// The answer is JSON with `entities` and `relations`; the gateway keeps the list that gets labels.
pub fn label_entities(policy: &Policy, facts: &mut Facts, result: &Value, out: &mut Answer) -> Option<()> {
    let graph: Value = serde_json::from_slice(host::result_text(result).as_bytes()).ok()?;
    let entities = graph["entities"].as_array()?;
    let present = entities.iter().filter_map(|entity| Some((text(entity, "name")?, strings(&entity["observations"]))));
    let present: Known = present.collect();
    let lines: Vec<String> = present.values().flatten().cloned().collect();
    let known = with_subjects(facts, &lines, present);
    let labels = entities.iter().map(|entity| {
        let label = entity_label(policy, &strings(&entity["observations"]), &known);
        // The description of a filtered item reaches the agent: no names from where it is not cleared.
        let cleared = label.secrecy.iter().all(|tag| policy.agent_secrecy().contains(tag));
        let name = if cleared { text(entity, "name").unwrap_or_default() } else { "*".into() };
        label.to_json(&format!("entity:{name}"))
    });
    host::log(Level::Info, &format!("{} entities labelled by their sources", labels.len()));
    reply::by_path(out, "/entities", labels);
    Some(())
}

/// Where an observation says that its entity comes from.
pub enum Origin<'a> {
    /// `source: docs/handbook.md`, a path in the workspace.
    File(&'a str),
    /// `about: Acme Ltd`, another entity.
    Entity(&'a str),
}

pub fn origin(observation: &str) -> Option<Origin<'_>> {
    if let Some(path) = observation.strip_prefix("source: ") {
        return Some(Origin::File(path.trim()));
    }
    observation.strip_prefix("about: ").map(|name| Origin::Entity(name.trim()))
}

/// Somebody wrote the entity down, so it is never more than approved; without a source it is anybody's word.
fn entity_label(policy: &Policy, observations: &[String], known: &Known) -> Label {
    let origins = observations.iter().filter_map(|observation| origin(observation)).map(|origin| match origin {
        Origin::File(path) => source_label(policy, path),
        Origin::Entity(name) => {
            let lines = known.get(name).map(Vec::as_slice).unwrap_or_default();
            let sources = lines.iter().filter_map(|line| match self::origin(line)? {
                Origin::File(path) => Some(source_label(policy, path)),
                Origin::Entity(_) => None,
            });
            Label::join_all(sources).unwrap_or(Label::open(Integrity::Unapproved))
        }
    });
    match Label::join_all(origins) {
        Some(label) => Label { integrity: label.integrity.min(Integrity::Approved), ..label },
        None => Label::open(Integrity::Unapproved),
    }
}

fn source_label(policy: &Policy, path: &str) -> Label {
    Place::resolve(path, &[]).label(policy, crate::paths::Kind::File)
}

fn known_label(policy: &Policy, name: &str, known: &Known) -> Label {
    entity_label(policy, known.get(name).map(Vec::as_slice).unwrap_or_default(), known)
}

/// What the server knows about entities, and about those that they are about.
fn look_up(facts: &mut Facts, names: &[String]) -> Known {
    let known = facts.observations(names);
    let lines: Vec<String> = known.values().flatten().cloned().collect();
    with_subjects(facts, &lines, known)
}

/// Adds the entities that observations are about, as far as they are not at hand.
fn with_subjects(facts: &mut Facts, lines: &[String], mut known: Known) -> Known {
    let subjects = lines.iter().filter_map(|line| match origin(line)? {
        Origin::Entity(name) if !known.contains_key(name) => Some(name.to_string()),
        _ => None,
    });
    let subjects: Vec<String> = subjects.collect();
    if !subjects.is_empty() {
        known.extend(facts.observations(&subjects));
    }
    known
}

fn write_to(names: Vec<String>, label: Option<Label>) -> Resource {
    let label = label.unwrap_or_else(|| Label::open(Integrity::Unapproved));
    Resource { description: format!("entities:{}", names.join(", ")), label, operation: Operation::Write }
}

fn names(items: &[Value], field: &str) -> Vec<String> {
    items.iter().filter_map(|item| text(item, field)).collect()
}

fn text(item: &Value, field: &str) -> Option<String> {
    item[field].as_str().map(str::to_string)
}
