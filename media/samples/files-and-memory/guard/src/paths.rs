//! Paths: from what a caller wrote to a place in the workspace, and the rule of that place.

use crate::label::{Integrity, Label};
use crate::policy::{Policy, PRIVATE_FOLDERS};

/// No file system has longer ones.
const LONGEST_PATH: usize = 4096;

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    File,
    Directory,
}

/// Parts below the workspace's root, without `.` and `..`; no parts is the root itself.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    Inside(Vec<String>),
    Outside,
}

impl Place {
    /// Absolute paths must lie below a root; relative ones are the server's own short form for "below the root".
    pub fn resolve(path: &str, roots: &[String]) -> Place {
        if path.len() > LONGEST_PATH {
            return Place::Outside;
        }
        if !path.starts_with('/') {
            return if path.starts_with('~') { Place::Outside } else { Place::from_parts(path) };
        }
        let Place::Inside(parts) = Place::from_parts(path) else { return Place::Outside };
        for root in roots {
            let Place::Inside(root) = Place::from_parts(root) else { continue };
            if parts.starts_with(&root) {
                return Place::Inside(parts[root.len()..].to_vec());
            }
        }
        Place::Outside
    }

    fn from_parts(path: &str) -> Place {
        let mut parts: Vec<String> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return Place::Outside,
                ".." => {}
                name => parts.push(name.to_string()),
            }
        }
        Place::Inside(parts)
    }

    pub fn child(&self, name: &str) -> Place {
        match self {
            Place::Inside(parts) => Place::Inside(parts.iter().cloned().chain([name.to_string()]).collect()),
            Place::Outside => Place::Outside,
        }
    }

    /// The rule for a name: what it takes to know that this file or directory is there, or to put it there.
    pub fn label(&self, policy: &Policy, kind: Kind) -> Label {
        let Place::Inside(parts) = self else { return Label::blocked() };
        match parts.as_slice() {
            // What lies directly in the root is the workspace's own structure.
            [name] if kind == Kind::File && !PRIVATE_FOLDERS.contains(&name.as_str()) => Label::open(Integrity::Merged),
            [folder] => policy.classify(folder, Integrity::Merged),
            _ => self.contents_label(policy),
        }
    }

    /// The rule for what a directory holds.
    pub fn contents_label(&self, policy: &Policy) -> Label {
        match self {
            Place::Outside => Label::blocked(),
            Place::Inside(parts) => match parts.split_first() {
                None => Label::open(Integrity::Merged),
                Some((folder, below)) => policy.classify(folder, folder_integrity(folder, below)),
            },
        }
    }

    /// For messages. The gateway shows them to the agent, so a place that the agent may not know keeps its name to itself.
    pub fn describe(&self, kind: Kind, policy: &Policy) -> String {
        let word = if kind == Kind::File { "file" } else { "dir" };
        let Place::Inside(parts) = self else { return format!("{word}:outside the workspace") };
        let Some(folder) = parts.first() else { return format!("{word}:.") };
        let in_root = parts.len() == 1 && kind == Kind::File && !PRIVATE_FOLDERS.contains(&folder.as_str());
        if in_root || policy.clears(folder) {
            format!("{word}:{}", parts.join("/"))
        } else {
            format!("{word}:{folder}/*")
        }
    }

    pub fn is_inside(&self) -> bool {
        *self != Place::Outside
    }
}

/// How far the content of a folder is trusted; README.md has the same table.
fn folder_integrity(folder: &str, below: &[String]) -> Integrity {
    match (folder, below.first().map(String::as_str)) {
        ("docs", Some("drafts")) => Integrity::Approved,
        ("docs", _) => Integrity::Merged,
        ("customers" | "private" | "outbox", _) => Integrity::Approved,
        // Anyone who knows the address can drop a file into the inbox, and nobody has looked at other folders.
        _ => Integrity::Unapproved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(path: &str) -> Place {
        Place::Inside(path.split('/').map(str::to_string).collect())
    }

    #[test]
    fn paths_are_resolved_before_they_are_judged() {
        let roots = ["/workspace".to_string()];
        assert_eq!(Place::resolve("/workspace/docs/./a.md", &roots), inside("docs/a.md"));
        assert_eq!(Place::resolve("/workspace/docs/../private/a.md", &roots), inside("private/a.md"));
        assert_eq!(Place::resolve("docs//a.md", &roots), inside("docs/a.md"));
        assert_eq!(Place::resolve("/workspace/", &roots), Place::Inside(vec![]));
        for path in ["/workspace2/a.md", "/workspace/../etc/passwd", "../a.md", "~/a.md", "/../x"] {
            assert_eq!(Place::resolve(path, &roots), Place::Outside, "{path}");
        }
    }
}
