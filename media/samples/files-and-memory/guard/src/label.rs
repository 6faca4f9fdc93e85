//! Labels: what one must be cleared for (secrecy), and how far it is trusted (integrity).

use serde_json::{json, Value};
use std::collections::BTreeSet;

/// How far content is trusted, and what an agent must have to write there. Each level includes the lower ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Integrity {
    None,
    Unapproved,
    Approved,
    Merged,
}

const LEVELS: [(Integrity, &str); 4] = [
    (Integrity::None, "none"),
    (Integrity::Unapproved, "unapproved"),
    (Integrity::Approved, "approved"),
    (Integrity::Merged, "merged"),
];

impl Integrity {
    pub fn parse(name: &str) -> Option<Integrity> {
        let name = name.trim().to_lowercase();
        LEVELS.iter().find(|(_, known)| *known == name).map(|(level, _)| *level)
    }

    pub fn name(self) -> &'static str {
        LEVELS[self as usize].1
    }

    /// The reference monitor compares sets of tags, so a level lists every lower one too.
    pub fn tags(self) -> Vec<String> {
        LEVELS.iter().filter(|(level, _)| *level <= self).map(|(_, name)| format!("{name}:workspace")).collect()
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    pub secrecy: BTreeSet<String>,
    pub integrity: Integrity,
    /// Nobody may touch it: no agent ever has the tag `blocked:workspace`.
    pub blocked: bool,
}

impl Label {
    pub fn open(integrity: Integrity) -> Label {
        Label { secrecy: BTreeSet::new(), integrity, blocked: false }
    }

    pub fn blocked() -> Label {
        Label { blocked: true, ..Label::open(Integrity::None) }
    }

    /// For reading two things at once: everything that either is secret about, trusted as the weaker one.
    pub fn join(&self, other: &Label) -> Label {
        Label {
            secrecy: self.secrecy.union(&other.secrecy).cloned().collect(),
            integrity: self.integrity.min(other.integrity),
            blocked: self.blocked || other.blocked,
        }
    }

    /// For writing to two places at once: only what both may hold, with the demands of the stricter one.
    pub fn meet(&self, other: &Label) -> Label {
        Label {
            secrecy: self.secrecy.intersection(&other.secrecy).cloned().collect(),
            integrity: self.integrity.max(other.integrity),
            blocked: self.blocked || other.blocked,
        }
    }

    pub fn join_all(labels: impl IntoIterator<Item = Label>) -> Option<Label> {
        labels.into_iter().reduce(|left, right| left.join(&right))
    }

    pub fn meet_all(labels: impl IntoIterator<Item = Label>) -> Option<Label> {
        labels.into_iter().reduce(|left, right| left.meet(&right))
    }

    pub fn integrity_name(&self) -> &'static str {
        if self.blocked {
            "blocked"
        } else {
            self.integrity.name()
        }
    }

    /// As the gateway wants it, with a description that ends up in its messages.
    pub fn to_json(&self, description: &str) -> Value {
        let integrity = if self.blocked { vec!["blocked:workspace".to_string()] } else { self.integrity.tags() };
        json!({ "description": description, "secrecy": self.secrecy, "integrity": integrity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_lists_the_lower_ones() {
        assert_eq!(Integrity::Unapproved.tags(), ["none:workspace", "unapproved:workspace"]);
        assert_eq!(Integrity::parse(" Merged "), Some(Integrity::Merged));
        assert_eq!(Integrity::parse("mergd"), None);
    }

    #[test]
    fn reading_joins_and_writing_meets() {
        let secret = Label { secrecy: ["private:customers".to_string()].into(), ..Label::open(Integrity::Approved) };
        let open = Label::open(Integrity::Unapproved);
        assert_eq!(secret.join(&open), Label { integrity: Integrity::Unapproved, ..secret.clone() });
        assert_eq!(secret.meet(&open), Label::open(Integrity::Approved));
    }
}
