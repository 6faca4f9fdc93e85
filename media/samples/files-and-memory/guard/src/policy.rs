//! The policy: which folders of the workspace the agent may know, and how trusted its sources must be.

use crate::host::{self, Level};
use crate::label::{Integrity, Label};
use serde_json::Value;

/// Folders whose content is not for everybody. All others are open to whoever may use the server.
pub const PRIVATE_FOLDERS: [&str; 2] = ["customers", "private"];

/// `repos` of the policy. A scope `owner/repo` reads `workspace/<top folder>` here.
pub enum Scope {
    /// `"all"`, or `workspace/*`: every folder, the private ones too.
    All,
    /// `"public"`: every folder but the private ones.
    Public,
    /// Names and prefixes of folders; a prefix keeps its `*`.
    Folders(Vec<String>),
}

pub struct Policy {
    pub scope: Scope,
    pub min_integrity: Integrity,
}

impl Policy {
    /// Reads `{"repos":…,"min-integrity":…}`, the member `allow-only`; other fields have no meaning for files and are named in the log.
    pub fn read(allow_only: &Value) -> Result<Policy, String> {
        let Some(rules) = allow_only.as_object() else {
            return Err("the policy has no \"allow-only\" object".into());
        };
        for field in rules.keys().filter(|field| !["repos", "min-integrity"].contains(&field.as_str())) {
            host::log(Level::Warn, &format!("policy: \"{field}\" means nothing for files and memory, ignored"));
        }
        let level = rules.get("min-integrity").and_then(Value::as_str).unwrap_or_default();
        let min_integrity = Integrity::parse(level)
            .ok_or_else(|| format!("min-integrity \"{level}\" is none of none, unapproved, approved, merged"))?;
        let scope = match rules.get("repos") {
            Some(Value::String(word)) if word == "all" => Scope::All,
            Some(Value::String(word)) if word == "public" => Scope::Public,
            Some(Value::Array(scopes)) if !scopes.is_empty() => read_scopes(scopes)?,
            other => return Err(format!("repos must be all, public or a list of scopes, not {}", show(other))),
        };
        Ok(Policy { scope, min_integrity })
    }

    pub fn scope_kind(&self) -> &'static str {
        match &self.scope {
            Scope::All => "all",
            Scope::Public => "public",
            Scope::Folders(names) if names.len() == 1 => "repo",
            Scope::Folders(_) => "composite",
        }
    }

    /// Whether the agent may know what lies in a top folder.
    pub fn clears(&self, folder: &str) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Public => !PRIVATE_FOLDERS.contains(&folder),
            Scope::Folders(names) => names.iter().any(|name| match name.strip_suffix('*') {
                Some(prefix) => folder.starts_with(prefix),
                None => folder == name,
            }),
        }
    }

    /// What the agent starts with: a tag for each private folder that it is cleared for.
    pub fn agent_secrecy(&self) -> Vec<String> {
        PRIVATE_FOLDERS.iter().filter(|folder| self.clears(folder)).map(|folder| private_tag(folder)).collect()
    }

    /// Adds what a folder is secret about: private folders always, open ones when the policy does not list them.
    pub fn classify(&self, folder: &str, integrity: Integrity) -> Label {
        let mut label = Label::open(integrity);
        if PRIVATE_FOLDERS.contains(&folder) || !self.clears(folder) {
            label.secrecy.insert(private_tag(folder));
        }
        label
    }
}

fn private_tag(folder: &str) -> String {
    format!("private:{folder}")
}

fn read_scopes(scopes: &[Value]) -> Result<Scope, String> {
    let mut names = Vec::new();
    for scope in scopes {
        let Some(name) =
            scope.as_str().and_then(|text| text.strip_prefix("workspace/")).filter(|name| !name.is_empty())
        else {
            return Err(format!("scope {scope} does not have the form \"workspace/<folder>\""));
        };
        if name == "*" {
            return Ok(Scope::All);
        }
        names.push(name.to_string());
    }
    Ok(Scope::Folders(names))
}

fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), Value::to_string)
}
