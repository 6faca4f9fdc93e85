//! `label_agent`: from the policy to the labels that the agent starts with.

use crate::host::{self, Level};
use crate::input::Members;
use crate::policy::Policy;
use crate::reply::Answer;
use crate::Guard;
use serde_json::json;

pub fn label(guard: &mut Guard, input: &Members, out: &mut Answer) -> Result<(), String> {
    let policy = Policy::read(&input.value("allow-only")?)?;
    let secrecy = policy.agent_secrecy();
    host::log(
        Level::Info,
        &format!(
            "policy: scope {}, min-integrity {}, the agent is cleared for {}",
            policy.scope_kind(),
            policy.min_integrity.name(),
            if secrecy.is_empty() { "nothing private".to_string() } else { secrecy.join(", ") },
        ),
    );
    out.put(json!({
        "agent": { "secrecy": secrecy, "integrity": policy.min_integrity.tags() },
        "difc_mode": "filter",
        "normalized_policy": { "scope_kind": policy.scope_kind(), "min-integrity": policy.min_integrity.name() },
    }));
    guard.policy = Some(policy);
    Ok(())
}
