//! Which tool does what: the one place to extend when a server gets a new tool.

use crate::files;
use crate::host::{self, Level};
use crate::label::Label;
use crate::memory;
use crate::Guard;
use serde_json::{json, Map, Value};

#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    Read,
    Write,
    ReadWrite,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::ReadWrite => "read-write",
        }
    }
}

/// What a call touches, before it is made.
pub struct Resource {
    pub description: String,
    pub label: Label,
    pub operation: Operation,
}

/// One call, as the gateway describes it.
pub struct Call<'a> {
    pub tool: &'a str,
    pub args: Map<String, Value>,
}

impl Call<'_> {
    pub fn text(&self, name: &str) -> Result<&str, String> {
        match self.args.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(format!("{}: argument \"{name}\" must be a text, not {other}", self.tool)),
            None => Err(format!("{}: argument \"{name}\" is missing", self.tool)),
        }
    }

    pub fn list(&self, name: &str) -> Result<&[Value], String> {
        match self.args.get(name) {
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(format!("{}: argument \"{name}\" must be a list, not {other}", self.tool)),
            None => Err(format!("{}: argument \"{name}\" is missing", self.tool)),
        }
    }
}

pub fn label_resource(guard: &mut Guard, input: &Value) -> Result<Value, String> {
    let call = read_call(input)?;
    let resource = resource_of(guard, &call)?;
    let (label, operation) = (&resource.label, resource.operation.name());
    host::log(Level::Info, &format!("{}: {operation} {}, {}", call.tool, resource.description, label.integrity_name()));
    Ok(json!({
        "resource": label.to_json(&resource.description),
        "operation": operation,
    }))
}

pub fn label_response(guard: &mut Guard, input: &Value) -> Result<Value, String> {
    let call = read_call(input)?;
    let result = &input["tool_result"];
    let Guard { policy: Some(policy), facts } = guard else { return Err(no_policy()) };
    facts.start_call();
    if !host::is_error(result) {
        let labelled = match call.tool {
            "list_directory" | "list_directory_with_sizes" => files::label_listing(policy, facts, &call, result)?,
            "directory_tree" => files::label_tree(policy, facts, &call, result)?,
            "search_files" => files::label_matches(policy, facts, result),
            "read_multiple_files" => files::label_contents(policy, facts, &call, result)?,
            "read_graph" | "search_nodes" | "open_nodes" => memory::label_entities(policy, facts, result),
            _ => None,
        };
        if let Some(answer) = labelled {
            return Ok(answer);
        }
    }
    let resource = resource_of(guard, &call)?;
    Ok(crate::reply::whole(&resource.label, &resource.description))
}

fn resource_of(guard: &mut Guard, call: &Call) -> Result<Resource, String> {
    let Guard { policy: Some(policy), facts } = guard else { return Err(no_policy()) };
    facts.start_call();
    match call.tool {
        "read_file" | "read_text_file" | "read_media_file" | "get_file_info" => files::content(policy, facts, call),
        "list_directory" | "list_directory_with_sizes" | "directory_tree" | "search_files" => {
            files::directory(policy, facts, call)
        }
        "read_multiple_files" => files::contents(policy, facts, call),
        "list_allowed_directories" => Ok(files::server_facts()),
        "write_file" | "create_directory" => files::written(policy, facts, call),
        "edit_file" => files::edited(policy, facts, call),
        "move_file" => files::moved(policy, facts, call),
        "read_graph" | "search_nodes" | "open_nodes" => Ok(memory::read(call)),
        "create_entities" => memory::created(policy, facts, call),
        "add_observations" => memory::extended(policy, facts, call),
        "create_relations" | "delete_relations" => memory::related(policy, facts, call),
        "delete_entities" | "delete_observations" => memory::deleted(policy, facts, call),
        other => {
            host::log(Level::Warn, &format!("{other} is a tool that this guard does not know; it is blocked"));
            Ok(Resource { description: format!("tool:{other}"), label: Label::blocked(), operation: Operation::Write })
        }
    }
}

fn read_call(input: &Value) -> Result<Call<'_>, String> {
    let tool = input["tool_name"].as_str().ok_or("the input has no tool_name")?;
    let args = match &input["tool_args"] {
        Value::Object(args) => args.clone(),
        Value::Null => Map::new(),
        other => return Err(format!("{tool}: the arguments must be an object, not {other}")),
    };
    Ok(Call { tool, args })
}

fn no_policy() -> String {
    "label_agent has not been called, so there is no policy to label by".into()
}
