//! Facts that only the backend knows, each asked once and kept until a write may have changed it.

use crate::host::{self, Level};
use crate::memory::origin;
use crate::paths::Place;
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// The gateway allows 50 look-ups a call; the rest is for second tries after a buffer that was too small.
const LOOK_UPS_PER_CALL: u32 = 40;
/// A guard lives as long as the gateway and has 32 MiB: with so many facts of a kind it starts anew.
const MOST_FACTS: usize = 5_000;

#[derive(Default)]
pub struct Facts {
    roots: Option<Vec<String>>,
    open_to_all: BTreeMap<String, bool>,
    observations: BTreeMap<String, Vec<String>>,
    look_ups: u32,
}

impl Facts {
    /// The budget of look-ups is per call.
    pub fn start_call(&mut self) {
        self.look_ups = 0;
        if self.open_to_all.len() > MOST_FACTS {
            self.open_to_all.clear();
        }
        if self.observations.len() > MOST_FACTS {
            self.observations.clear();
        }
    }

    /// The directories that the file server serves. Without them every absolute path counts as outside.
    pub fn roots(&mut self) -> Vec<String> {
        if self.roots.is_none() {
            match self.look_up("list_allowed_directories", &json!({})) {
                Ok(result) => {
                    let text = host::result_text(&result);
                    let roots: Vec<String> = text.lines().skip(1).map(str::to_string).collect();
                    host::log(Level::Info, &format!("the workspace is {}", roots.join(", ")));
                    self.roots = Some(roots);
                }
                Err(why) => host::log(Level::Warn, &format!("no workspace known, absolute paths are refused: {why}")),
            }
        }
        self.roots.clone().unwrap_or_default()
    }

    /// Whether every user of the machine may write a file, from its permissions. Unknown counts as yes.
    pub fn is_open_to_all(&mut self, path: &str, place: &Place) -> bool {
        let Place::Inside(parts) = place else { return true };
        let key = parts.join("/");
        if let Some(known) = self.open_to_all.get(&key) {
            host::log(Level::Debug, &format!("{key}: permissions are known"));
            return *known;
        }
        match self.look_up("get_file_info", &json!({ "path": path })) {
            // There is no such file: then there is nothing to distrust, and nothing to remember.
            Ok(result) if host::is_error(&result) => false,
            Ok(result) => {
                let open = permissions(&host::result_text(&result)).is_some_and(|others| others & 2 != 0);
                if open {
                    host::log(Level::Info, &format!("{key}: everyone on the machine can write it"));
                }
                self.open_to_all.insert(key, open);
                open
            }
            Err(why) => {
                host::log(Level::Warn, &format!("{key}: permissions are unknown, it counts as open to all: {why}"));
                true
            }
        }
    }

    /// What the memory server knows about entities. Names that it does not know are absent from the answer.
    pub fn observations(&mut self, names: &[String]) -> BTreeMap<String, Vec<String>> {
        let unknown: Vec<&String> = names.iter().filter(|name| !self.observations.contains_key(*name)).collect();
        if !unknown.is_empty() {
            match self.look_up("open_nodes", &json!({ "names": unknown })) {
                Ok(result) => self.remember_entities(&host::result_text(&result)),
                Err(why) => host::log(Level::Warn, &format!("{} entities are unknown: {why}", unknown.len())),
            }
        }
        let known = |name: &String| Some((name.clone(), self.observations.get(name)?.clone()));
        names.iter().filter_map(known).collect()
    }

    pub fn forget_file(&mut self, place: &Place) {
        if let Place::Inside(parts) = place {
            self.open_to_all.remove(&parts.join("/"));
        }
    }

    pub fn forget_entity(&mut self, name: &str) {
        self.observations.remove(name);
    }

    fn remember_entities(&mut self, text: &str) {
        let graph: Value = serde_json::from_slice(text.as_bytes()).unwrap_or_default();
        for entity in graph["entities"].as_array().into_iter().flatten() {
            if let Some(name) = entity["name"].as_str() {
                // What is not about an origin has no part in a label.
                let mut lines = strings(&entity["observations"]);
                lines.retain(|line| origin(line).is_some());
                self.observations.insert(name.to_string(), lines);
            }
        }
    }

    fn look_up(&mut self, tool: &str, args: &Value) -> Result<Value, String> {
        self.look_ups += 1;
        if self.look_ups > LOOK_UPS_PER_CALL {
            return Err(format!("{LOOK_UPS_PER_CALL} look-ups were made for this call already"));
        }
        host::ask(tool, args)
    }
}

/// The strings of a JSON array; anything else in it is left out.
pub fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
}

/// The last octal digit of `permissions: 644`: what everybody may do.
fn permissions(info: &str) -> Option<u32> {
    let digits = info.lines().find_map(|line| line.strip_prefix("permissions: "))?;
    digits.trim().chars().last()?.to_digit(8)
}
