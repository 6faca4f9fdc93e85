//! `label_agent`: from the policy to the labels that the agent starts with.

use crate::host::{self, Level};
use crate::policy::Policy;
use crate::Guard;
use serde_json::{json, Value};

pub fn label(guard: &mut Guard, payload: &Value) -> Result<Value, String> {
    let policy = Policy::read(payload)?;
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
    let answer = json!({
        "agent": { "secrecy": secrecy, "integrity": policy.min_integrity.tags() },
        "difc_mode": "filter",
        "normalized_policy": { "scope_kind": policy.scope_kind(), "min-integrity": policy.min_integrity.name() },
    });
    guard.policy = Some(policy);
    Ok(answer)
}
